"""Set-up pages for admins: the warehouse itself, and one list with one form for each kind of thing in it."""

from collections.abc import Mapping

import flask
from flask.typing import ResponseReturnValue

from wms.config import Settings
from wms.database import db, reading, transaction
from wms.domain.actor import Role
from wms.domain.errors import BadInputError, DomainError
from wms.domain.people import Worker
from wms.services import administering
from wms.services.administering import people
from wms.services.administering import warehouse as administering_warehouse
from wms.services.administering.kinds import SETTINGS, Setting
from wms.web import sessions

blueprint = flask.Blueprint("administering", __name__, url_prefix="/desk/admin")
needs_admin = sessions.needs(Role.ADMIN)

_SEE_OTHER = 303
_UNREADABLE = 422


@blueprint.get("/")
@needs_admin
def home() -> str:
    """Show the warehouse and what it is made of."""
    with reading(db.engine) as session:
        counts = administering.counts(session, flask.g.actor)
        warehouse = administering_warehouse.view(session, flask.g.actor)
    return flask.render_template("administering/home.html", counts=counts, warehouse=warehouse)


@blueprint.get("/warehouse")
@needs_admin
def warehouse() -> str:
    """Show the warehouse's settings."""
    with reading(db.engine) as session:
        settings = administering_warehouse.view(session, flask.g.actor)
    return _warehouse_page(settings)


@blueprint.post("/warehouse")
@needs_admin
def change_warehouse() -> ResponseReturnValue:
    """Write the warehouse's settings."""
    settings: Settings = flask.current_app.config["WMS"]
    try:
        wanted = administering_warehouse.read(flask.request.form, can_buy=bool(settings.shippo_key))
        with transaction(db.engine) as session:
            is_new = administering_warehouse.change(session, flask.g.actor, wanted)
    except BadInputError as error:
        with reading(db.engine) as session:
            as_it_stands = administering_warehouse.view(session, flask.g.actor)
        return _warehouse_page(as_it_stands, flask.request.form, str(error)), _UNREADABLE
    flask.flash("Saved." if is_new else "Nothing was changed.", "ok")
    return flask.redirect(flask.url_for("administering.warehouse"), _SEE_OTHER)


def _warehouse_page(
    settings: administering_warehouse.WarehouseView, posted: Mapping[str, str] | None = None, wrong: str = ""
) -> str:
    return flask.render_template(
        "administering/warehouse.html",
        settings=settings,
        posted=posted or {},
        wrong=wrong,
        carriers=list(administering_warehouse.CARRIERS.items()),
        policies=[(policy.value, words) for policy, words in administering_warehouse.WHEN_SHORT.items()],
        slips=[(rule.value, words) for rule, words in administering_warehouse.SLIPS.items()],
        address_rules=[(rule.value, words) for rule, words in administering_warehouse.ADDRESSES.items()],
        address=administering_warehouse.ADDRESS,
    )


@blueprint.get("/<kind>")
@needs_admin
def listing(kind: str) -> str:
    """Show a page of a kind's rows, and the form for one more."""
    return _list_page(administering.setting_of(kind), {}, "")


@blueprint.post("/<kind>")
@needs_admin
def add(kind: str) -> ResponseReturnValue:
    """Add a row; one with the same key is changed, as by a file."""
    setting = administering.setting_of(kind)
    cells = _cells(setting)
    try:
        with transaction(db.engine) as session:
            outcome = administering.keep(session, flask.g.actor, setting, cells)
    except (BadInputError, DomainError) as error:
        return _list_page(setting, cells, _sentence(error)), _UNREADABLE
    flask.flash(f"The {setting.one} is {outcome}.", "ok")
    return _to_list(setting)


def _list_page(setting: Setting, cells: Mapping[str, str], wrong: str) -> str:
    asked = flask.request.args
    page = asked.get("page", "1")
    with reading(db.engine) as session:
        found = administering.listing(
            session,
            flask.g.actor,
            setting,
            search=asked.get("search", "").strip(),
            page=int(page) if page.isascii() and page.isdigit() else 1,
        )
        fields = administering.fields(session, flask.g.actor, setting, cells)
    return flask.render_template("administering/list.html", found=found, setting=setting, fields=fields, wrong=wrong)


@blueprint.get("/<kind>/row")
@needs_admin
def row(kind: str) -> str:
    """Show one row to be changed."""
    return _row_page(administering.setting_of(kind), flask.request.args.get("key", ""))


@blueprint.post("/<kind>/row")
@needs_admin
def change(kind: str) -> ResponseReturnValue:
    """Change a row."""
    setting = administering.setting_of(kind)
    cells = _cells(setting)
    try:
        with transaction(db.engine) as session:
            outcome = administering.keep(session, flask.g.actor, setting, cells)
    except (BadInputError, DomainError) as error:
        return _row_page(setting, flask.request.form.get("key", ""), _sentence(error), cells), _UNREADABLE
    flask.flash(f"The {setting.one} is {'as it was' if outcome == 'known' else outcome}.", "ok")
    return _to_list(setting)


def _row_page(setting: Setting, key: str, wrong: str = "", posted: Mapping[str, str] | None = None) -> str:
    with reading(db.engine) as session:
        found, fields = administering.row_to_change(session, flask.g.actor, setting, key)
        if posted is not None:
            fields = administering.fields(session, flask.g.actor, setting, posted)
    return flask.render_template("administering/row.html", row=found, setting=setting, fields=fields, wrong=wrong)


@blueprint.post("/<kind>/remove")
@needs_admin
def remove(kind: str) -> ResponseReturnValue:
    """Remove a row that nothing speaks of."""
    setting = administering.setting_of(kind)
    try:
        with transaction(db.engine) as session:
            name = administering.remove(session, flask.g.actor, setting, flask.request.form.get("key", ""))
    except DomainError as error:
        flask.flash(str(error), "warn")
    else:
        flask.flash(f"The {setting.one} {name} is removed.", "ok")
    return _to_list(setting)


@blueprint.post("/workers/badge")
@needs_admin
def badge() -> ResponseReturnValue:
    """Give a worker a new badge and go where it is printed."""
    with transaction(db.engine) as session:
        worker = _worker(
            SETTINGS["workers"].find(session, flask.g.actor.warehouse_id, flask.request.form.get("key", ""))
        )
        people.new_badge(session, flask.g.actor, worker)
    flask.flash(f"{worker.name} has a new badge; the old one opens nothing. Print it here.", "ok")
    return flask.redirect(flask.url_for("printing.labels", kind="badges", name=worker.name), _SEE_OTHER)


@blueprint.post("/workers/switch")
@needs_admin
def switch() -> ResponseReturnValue:
    """Let a worker sign in, or no longer."""
    active = flask.request.form.get("active") == "1"
    try:
        with transaction(db.engine) as session:
            worker = _worker(
                SETTINGS["workers"].find(session, flask.g.actor.warehouse_id, flask.request.form.get("key", ""))
            )
            people.switch(session, flask.g.actor, worker, active=active)
    except DomainError as error:
        flask.flash(str(error), "warn")
    else:
        flask.flash(f"{worker.name} may {'sign in again' if active else 'no longer sign in'}.", "ok")
    return _to_list(SETTINGS["workers"])


def _worker(found: object) -> Worker:
    assert isinstance(found, Worker)  # noqa: S101 - narrows what the workers' own list found
    return found


def _cells(setting: Setting) -> dict[str, str]:
    """Return the posted cells; several ticked words become one cell as files write it."""
    form = flask.request.form
    return {
        column.name: "|".join(part for part in form.getlist(column.name) if part) for column in setting.kind.columns
    }


def _sentence(error: Exception) -> str:
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"


def _to_list(setting: Setting) -> ResponseReturnValue:
    return flask.redirect(flask.url_for("administering.listing", kind=setting.kind.name), _SEE_OTHER)
