"""The packing station: scan a tote, every unit, then box and weight, then the box's own label."""

from wms.services.packing.station import current_screen, judge

__all__ = ["current_screen", "judge"]
