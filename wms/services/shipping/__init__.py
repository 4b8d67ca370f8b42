"""Handing over by scanning: a sealed box's label or own code, then the dock that the carrier takes it from."""

from wms.services.shipping.station import current_screen, judge

__all__ = ["current_screen", "judge"]
