"""The packing station: scan a tote, every unit, then box and weight, then the box's own label."""

from wms.services.packing.station import current_screen, judge
from wms.services.packing.weighing import ask_scale

__all__ = ["ask_scale", "current_screen", "judge"]
