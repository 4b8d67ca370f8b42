"""The list of blueprints, one a station."""

import flask

from wms.web import picking, pictures, signing_in

ALL: tuple[flask.Blueprint, ...] = (signing_in.blueprint, pictures.blueprint, picking.blueprint)


def register(app: flask.Flask) -> None:
    """Hang every station's pages into the app."""
    for blueprint in ALL:
        app.register_blueprint(blueprint)
