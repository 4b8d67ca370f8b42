"""What every template may call: addresses of assets and pictures, the desk's navigation, the site's name."""

from dataclasses import dataclass

import flask
from sqlalchemy import select

from wms.config import WAREHOUSE_ID
from wms.database import db, reading
from wms.domain.actor import Actor, Role
from wms.domain.people import Warehouse
from wms.services import settling


@dataclass(frozen=True, kw_only=True, slots=True)
class NavRow:
    """One entry of the desk's navigation; `here` marks the page shown, `count` how much waits there."""

    href: str
    word: str
    icon: str
    here: bool
    count: int


_INBOX = "/desk/inbox/"
# Address, word, icon and the role that sees it.
_PAGES = (
    ("/desk/", "Overview", "board", Role.SUPERVISOR),
    ("/desk/waves/", "Waves", "truck", Role.SUPERVISOR),
    ("/desk/orders/", "Orders", "order", Role.SUPERVISOR),
    (_INBOX, "Inbox", "alert", Role.SUPERVISOR),
    ("/desk/shipping", "Shipping", "carton", Role.SUPERVISOR),
    ("/desk/stock/", "Stock", "product", Role.SUPERVISOR),
    ("/desk/board", "Picked right", "tick", Role.SUPERVISOR),
    ("/desk/printing", "Printing", "printer", Role.SUPERVISOR),
    ("/desk/labels", "Label sheets", "label", Role.SUPERVISOR),
    ("/desk/admin/", "Set-up", "person", Role.ADMIN),
)


def add(app: flask.Flask) -> None:
    """Give the templates their functions, as globals: a context processor would not reach imported macros."""
    app.jinja_env.globals.update(asset=asset, picture=picture, desk_nav=desk_nav, site_name=site_name)


def asset(name: str) -> str:
    """Return the address of a static file, changed with the files so that it may be cached for a year."""
    # A screen names a dozen icons, and url_for would build each address anew.
    return f"{flask.request.script_root}{flask.current_app.static_url_path}/{name}"


def picture(sku: str) -> str:
    """Return the address of a product's picture."""
    return flask.url_for("pictures.show", sku=sku)


def desk_nav() -> list[NavRow]:
    """Return the desk pages that the worker at the browser may open."""
    actor: Actor | None = flask.g.get("actor")
    if actor is None:
        return []
    with reading(db.engine) as session:
        counts = {_INBOX: settling.waiting(session, actor)}
    return [
        NavRow(href=href, word=word, icon=icon, here=_is_here(flask.request.path, href), count=counts.get(href, 0))
        for href, word, icon, role in _PAGES
        if actor.may(role)
    ]


def _is_here(path: str, href: str) -> bool:
    return path == href if href == "/desk/" else f"{path}/".startswith(f"{href.rstrip('/')}/")


def site_name() -> str:
    """Return the warehouse's name."""
    with reading(db.engine) as session:
        return session.scalars(select(Warehouse.name).where(Warehouse.id == WAREHOUSE_ID)).one_or_none() or "Warehouse"
