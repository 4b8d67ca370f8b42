"""Counts at the desk: shelves that wait to be counted, and the sheet that takes what somebody counted."""

import datetime as dt

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from wms.database import db, reading, transaction
from wms.domain.actor import Role
from wms.domain.base import id_of
from wms.domain.errors import BadInputError, DomainError, NotFoundError
from wms.services.stock import adjusting, counting
from wms.services.stock.counting import Balance, Counted
from wms.web import sessions

blueprint = flask.Blueprint("counting", __name__, url_prefix="/desk/counts")
needs_supervisor = sessions.needs(Role.SUPERVISOR)

_SEE_OTHER = 303
_UNREADABLE = 422
_DIGITS = 7


@blueprint.get("/")
@needs_supervisor
def home() -> str:
    """Show the shelves that wait to be counted."""
    with reading(db.engine) as session:
        rows = counting.open_counts(session, flask.g.actor)
    return flask.render_template("counting/counts.html", rows=rows)


@blueprint.get("/<count>")
@needs_supervisor
def count(count: str) -> ResponseReturnValue:
    """Show the sheet of one count."""
    try:
        with reading(db.engine) as session:
            sheet = counting.sheet(session, flask.g.actor, id_of(count))
    except DomainError as error:
        flask.flash(str(error), "warn")
        return flask.redirect(flask.url_for("counting.home"), _SEE_OTHER)
    return flask.render_template("counting/count.html", sheet=sheet, looked_at=flask.g.actor.at.isoformat())


@blueprint.post("/<count>")
@needs_supervisor
def close(count: str) -> ResponseReturnValue:
    """Book what was counted; a sheet that cannot be read comes back as it was filled in."""
    form = flask.request.form
    try:
        with transaction(db.engine) as session:
            counted = _counted(session)
            done = counting.close(session, flask.g.actor, id_of(count), counted, _moment(form.get("looked_at", "")))
    except (BadInputError, NotFoundError) as error:
        with reading(db.engine) as session:
            sheet = counting.sheet(session, flask.g.actor, id_of(count))
        flask.flash(str(error), "wrong")
        page = flask.render_template("counting/count.html", sheet=sheet, looked_at=form.get("looked_at", ""))
        return page, _UNREADABLE
    except DomainError as error:
        flask.flash(str(error), "warn")
    else:
        flask.flash(_said(done), "warn" if done.bound else "ok")
    return flask.redirect(flask.url_for("counting.home"), _SEE_OTHER)


def _counted(session: Session) -> dict[Balance, int]:
    """Read the sheet: a line for each balance the books know, and something found beside them."""
    form = flask.request.form
    columns = [form.getlist(name) for name in ("product", "lot", "serial", "counted")]
    if len({len(column) for column in columns}) > 1:
        raise BadInputError("The sheet is not whole. Load the page again.")
    counted = {
        (id_of(product), lot, serial): _units(units) for product, lot, serial, units in zip(*columns, strict=True)
    }
    sku = form.get("found_sku", "").strip()
    if sku:
        thing = adjusting.product_of(session, flask.g.actor, sku)
        if thing is None:
            raise NotFoundError("product", sku[:80])
        key = (thing.id, form.get("found_lot", "").strip(), "")
        counted[key] = counted.get(key, 0) + _units(form.get("found", ""))
    return counted


def _units(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        raise BadInputError("Give a whole number for each line, 0 where nothing is there.")
    return int(text)


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInputError("The sheet does not say when it was begun. Load the page again.") from error
    if moment.tzinfo is None:
        raise BadInputError("The sheet does not say when it was begun. Load the page again.")
    return moment


def _said(done: Counted) -> str:
    found = f"{done.changed} wrong, {done.units:+d} units" if done.changed else "the books were right"
    bound = (
        f" {done.bound} more are missing: they are set aside for walks, whose pickers will say." if done.bound else ""
    )
    return f"{done.location} counted: {found}.{bound}"
