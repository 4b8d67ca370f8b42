"""The admin pages' work: list, add, change and remove what a warehouse is made of, by the rules of the file imports."""

from wms.services.administering.settings import (
    Listing,
    StillUsedError,
    counts,
    everything,
    fields,
    keep,
    listing,
    remove,
    row_to_change,
    setting_of,
)

__all__ = [
    "Listing",
    "StillUsedError",
    "counts",
    "everything",
    "fields",
    "keep",
    "listing",
    "remove",
    "row_to_change",
    "setting_of",
]
