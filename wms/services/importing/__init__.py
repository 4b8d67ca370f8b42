"""What a warehouse is opened with, row by row: one description a kind, used by file imports and admin pages alike."""

from wms.services.importing import calendar, catalog, equipment, inserts, locations, people, stock
from wms.services.importing.kinds import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        catalog.PRODUCTS,
        catalog.SUBSTITUTES,
        locations.LOCATIONS,
        locations.ZONES,
        stock.STOCK,
        people.WORKERS,
        equipment.CARTS,
        equipment.TOTES,
        equipment.CARTONS,
        equipment.PRINTERS,
        equipment.STATIONS,
        calendar.PICKUPS,
        calendar.HOLIDAYS,
        calendar.SERVICES,
        calendar.METHODS,
        inserts.INSERTS,
    )
}
