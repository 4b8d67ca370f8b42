"""The list of blueprints, one a station."""

import flask

from wms.web import barcodes, desk, packing, picking, pictures, planning, shipping, signing_in, watching

ALL: tuple[flask.Blueprint, ...] = (
    signing_in.blueprint,
    desk.blueprint,
    planning.blueprint,
    pictures.blueprint,
    barcodes.blueprint,
    picking.blueprint,
    packing.blueprint,
    shipping.blueprint,
    watching.blueprint,
)


def register(app: flask.Flask) -> None:
    """Hang every station's pages into the app."""
    for blueprint in ALL:
        app.register_blueprint(blueprint)
