"""The list of blueprints, one a station."""

import flask

from wms.web import (
    administering,
    barcodes,
    calling,
    closing,
    counting,
    desk,
    desk_scanner,
    handhelds,
    hooks,
    inbox,
    layout,
    manifesting,
    ordering,
    packing,
    picking,
    pictures,
    planning,
    printing,
    shipping,
    signing_in,
    stock,
    watching,
)

ALL: tuple[flask.Blueprint, ...] = (
    signing_in.blueprint,
    desk.blueprint,
    planning.blueprint,
    ordering.blueprint,
    inbox.blueprint,
    stock.blueprint,
    counting.blueprint,
    pictures.blueprint,
    barcodes.blueprint,
    calling.blueprint,
    picking.blueprint,
    packing.blueprint,
    shipping.blueprint,
    manifesting.blueprint,
    closing.blueprint,
    printing.blueprint,
    watching.blueprint,
    layout.blueprint,
    administering.blueprint,
    desk_scanner.blueprint,
    handhelds.blueprint,
    hooks.blueprint,
)


def register(app: flask.Flask) -> None:
    """Hang every station's pages into the app."""
    for blueprint in ALL:
        app.register_blueprint(blueprint)
