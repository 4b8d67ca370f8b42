"""python -m wms: the same as the wms command."""

from wms.cli import main

main()
