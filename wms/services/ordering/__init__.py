"""The orders desk: holds, addresses and priorities, changed by a person while that still helps."""

from wms.services.ordering.addresses import keep as keep_address
from wms.services.ordering.addresses import use as use_suggestion
from wms.services.ordering.desk import ADDRESS_LENGTHS, correct_address, hold, prioritise, release_hold

__all__ = [
    "ADDRESS_LENGTHS",
    "correct_address",
    "hold",
    "keep_address",
    "prioritise",
    "release_hold",
    "use_suggestion",
]
