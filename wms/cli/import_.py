"""wms import: orders and everything a warehouse is opened with, from CSV files; its layout from JSON; photos."""

import click

from wms.cli import import_tables
from wms.cli.import_layout import layout
from wms.cli.import_orders import orders
from wms.cli.import_pictures import pictures
from wms.services.importing import KINDS


@click.group("import")
def import_() -> None:
    """Read a CSV file into the warehouse; the same file twice adds nothing.

    Bad rows never stop the good ones: they are told with their line and reason and written to FILE.rejects.csv, and
    the exit status is 1. Example: wms import products products.csv
    """


import_.add_command(orders)
import_.add_command(layout)
import_.add_command(pictures)
for kind in KINDS.values():
    import_.add_command(import_tables.command(kind))

commands = {"import": import_}
