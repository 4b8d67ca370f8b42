"""The picking station: which screen a picker sees, and what a scan on it means."""

from wms.services.picking.home import hand_over
from wms.services.picking.leaving import why_left
from wms.services.picking.station import JUDGES, current_screen, judge

__all__ = ["JUDGES", "current_screen", "hand_over", "judge", "why_left"]
