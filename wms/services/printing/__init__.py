"""Printing: jobs for the worker, the printing page, and packing slips."""

from wms.services.printing.jobs import (
    Wanted,
    drop_unsent,
    drop_unwanted,
    move,
    printer_name,
    queue,
    queue_label,
    reprint,
    settle,
    settle_inbox,
    waiting,
)

__all__ = [
    "Wanted",
    "drop_unsent",
    "drop_unwanted",
    "move",
    "printer_name",
    "queue",
    "queue_label",
    "reprint",
    "settle",
    "settle_inbox",
    "waiting",
]
