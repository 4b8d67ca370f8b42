"""The orders desk: holds, addresses and priorities, changed by a person while that still helps."""

from wms.services.ordering.desk import ADDRESS_LENGTHS, correct_address, hold, prioritise, release_hold

__all__ = ["ADDRESS_LENGTHS", "correct_address", "hold", "prioritise", "release_hold"]
