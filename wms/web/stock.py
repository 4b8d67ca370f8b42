"""Stock at the desk: find it, see its moves, correct a count with a reason, and bring cancelled orders' units back."""

import flask
from flask.typing import ResponseReturnValue

from wms.database import db, reading, transaction
from wms.domain.actor import Role
from wms.domain.base import id_of, text_id
from wms.domain.errors import BadInputError, DomainError, NotFoundError
from wms.services.stock import adjusting, counting, putting_back
from wms.services.stock.adjusting import Count
from wms.web import sessions

blueprint = flask.Blueprint("stock", __name__, url_prefix="/desk/stock")
needs_supervisor = sessions.needs(Role.SUPERVISOR)

_SEE_OTHER = 303
_DIGITS = 7


@blueprint.get("/")
@needs_supervisor
def home() -> str:
    """Show the stock that a SKU, barcode, location, tote or name means."""
    text = flask.request.args.get("q", "").strip()
    with reading(db.engine) as session:
        page = adjusting.look(session, flask.g.actor, text)
        waiting = len(putting_back.open_put_backs(session, flask.g.actor))
        counts = len(counting.open_counts(session, flask.g.actor))
    return flask.render_template("stock/stock.html", text=text, page=page, waiting=waiting, counts=counts)


@blueprint.post("/adjust")
@needs_supervisor
def adjust() -> ResponseReturnValue:
    """Correct one balance by what was counted."""
    form = flask.request.form
    try:
        count = Count(
            place_id=id_of(form.get("place", "")),
            product_id=id_of(form.get("product", "")),
            lot=form.get("lot", ""),
            serial=form.get("serial", ""),
            shown=_units(form.get("shown", "")),
            counted=_units(form.get("counted", "")),
        )
        with transaction(db.engine) as session:
            change = adjusting.correct(session, flask.g.actor, count, form.get("reason", ""))
    except (DomainError, BadInputError, NotFoundError) as error:
        flask.flash(str(error), "wrong")
    else:
        flask.flash(f"Corrected by {change:+d}.", "ok")
    return _back()


@blueprint.post("/found")
@needs_supervisor
def found() -> ResponseReturnValue:
    """Book units found where the books name none."""
    form = flask.request.form
    try:
        units = _units(form.get("quantity", ""))
        with transaction(db.engine) as session:
            change = adjusting.add_found(
                session,
                flask.g.actor,
                location=form.get("location", ""),
                sku=form.get("sku", ""),
                quantity=units,
                reason=form.get("reason", ""),
            )
    except (DomainError, BadInputError, NotFoundError) as error:
        flask.flash(str(error), "wrong")
    else:
        flask.flash(f"{change} units added.", "ok")
    return _back()


@blueprint.get("/put-backs")
@needs_supervisor
def put_backs() -> str:
    """Show the units of cancelled orders that are still to go back to their shelves."""
    with reading(db.engine) as session:
        rows = putting_back.open_put_backs(session, flask.g.actor)
    return flask.render_template(
        "stock/put_backs.html", rows=[(text_id(row.id), text_id(row.order_id), row) for row in rows]
    )


@blueprint.post("/put-backs/<put_back>/done")
@needs_supervisor
def put_back_done(put_back: str) -> ResponseReturnValue:
    """Book that units are on their shelf again."""
    try:
        with transaction(db.engine) as session:
            row = putting_back.done(session, flask.g.actor, id_of(put_back))
    except DomainError as error:
        flask.flash(str(error), "wrong")
    else:
        flask.flash(f"{row.quantity} put back.", "ok")
    return flask.redirect(flask.url_for("stock.put_backs"), _SEE_OTHER)


def _units(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        raise BadInputError("Give a whole number of units.")
    return int(text)


def _back() -> ResponseReturnValue:
    return flask.redirect(flask.url_for("stock.home", q=flask.request.form.get("q", "")), _SEE_OTHER)
