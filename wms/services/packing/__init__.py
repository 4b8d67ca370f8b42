"""The packing station: scan a tote, every unit, then box and weight, then the box's own label."""

from wms.services.packing.box.weighing import ask_scale
from wms.services.packing.station import current_screen, judge

__all__ = ["ask_scale", "current_screen", "judge"]
