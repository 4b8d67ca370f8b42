"""The inbox of exceptions: what waits for a person, each with where it is decided and a button that settles it."""

import flask
from flask.typing import ResponseReturnValue

from wms.database import db, reading, transaction
from wms.domain.actor import Role
from wms.domain.base import id_of
from wms.domain.errors import BadInputError, DomainError
from wms.domain.inbox import ExceptionKind
from wms.domain.orders import OrderStatus
from wms.domain.people import ShortPolicy
from wms.services import calling, settling
from wms.services.administering import warehouse as administering_warehouse
from wms.services.orders import deciding
from wms.services.settling import InboxRow
from wms.web import sessions

blueprint = flask.Blueprint("inbox", __name__, url_prefix="/desk/inbox")
needs_supervisor = sessions.needs(Role.SUPERVISOR)

_SEE_OTHER = 303
_WORDS = {
    ExceptionKind.LABEL: "See the label",
    ExceptionKind.ADDRESS: "See the order",
    ExceptionKind.MISMATCH: "See the box",
    ExceptionKind.CHANNEL: "See the order",
    ExceptionKind.SHORT: "See the order",
    ExceptionKind.HELP: "See the order",
    ExceptionKind.SKIP: "See the order",
}
_PAGES = {
    ExceptionKind.CUSTOMS: ("See the products", "/desk/admin/products"),
    ExceptionKind.PRINT: ("See the printers", "/desk/printing"),
    ExceptionKind.SCALE: ("See the stations", "/desk/admin/stations"),
    ExceptionKind.UNKNOWN_BARCODE: ("Find the stock", "/desk/stock/"),
    ExceptionKind.WAVE: ("See the waves", "/desk/waves"),
}


@blueprint.get("/")
@needs_supervisor
def home() -> str:
    """Show what waits, oldest due first."""
    with reading(db.engine) as session:
        inbox = settling.inbox(session, flask.g.actor)
        rule = administering_warehouse.view(session, flask.g.actor).when_short
    rows = [(row, *_main_action(row)) for row in inbox.rows]
    return flask.render_template(
        "inbox/inbox.html",
        rows=rows,
        total=inbox.total,
        ready=calling.READY,
        policies=[(policy.value, policy.value.capitalize()) for policy in ShortPolicy],
        rule=rule,
    )


def _main_action(row: InboxRow) -> tuple[str, str]:
    """Return the words and the address of where an exception is decided; '' where there is no such page."""
    if row.kind in _PAGES:
        return _PAGES[row.kind]
    if row.manifest_key:
        return "See the manifest", flask.url_for("manifesting.show", manifest=row.manifest_key)
    if not row.order_key:
        return "", ""
    if row.kind is ExceptionKind.SHORT and row.status is OrderStatus.SHORT:
        return "Pick again", flask.url_for("ordering.order", order=row.order_key)
    return _WORDS[row.kind], flask.url_for("ordering.order", order=row.order_key)


@blueprint.post("/<item>/settle")
@needs_supervisor
def settle(item: str) -> ResponseReturnValue:
    """Settle one exception."""
    try:
        with transaction(db.engine) as session:
            settled = settling.settle(session, flask.g.actor, id_of(item))
    except DomainError as error:
        flask.flash(str(error), "warn")
    else:
        flask.flash(f"Settled: {settled.text}", "ok")
    return flask.redirect(flask.url_for("inbox.home"), _SEE_OTHER)


@blueprint.post("/orders/<order>/short")
@needs_supervisor
def decide(order: str) -> ResponseReturnValue:
    """Say what is to become of a short order: it waits, is split or is cancelled."""
    text = flask.request.form.get("policy", "")
    if text not in tuple(ShortPolicy):
        raise BadInputError(f"'{text[:20]}' is not one of {', '.join(ShortPolicy)}.")
    try:
        with transaction(db.engine) as session:
            words = deciding.decide(session, flask.g.actor, id_of(order), ShortPolicy(text))
    except DomainError as error:
        flask.flash(str(error), "warn")
    else:
        flask.flash(words, "ok")
    return flask.redirect(flask.url_for("inbox.home"), _SEE_OTHER)


@blueprint.post("/<item>/answer")
@needs_supervisor
def answer(item: str) -> ResponseReturnValue:
    """Answer a worker's call for help: the words stand on the handheld that called."""
    form = flask.request.form
    words = " ".join((form.get("ready") or form.get("words", "")).split())
    if not words or len(words) > calling.MAX_ANSWER:
        raise BadInputError(f"Give an answer of at most {calling.MAX_ANSWER} letters.")
    try:
        with transaction(db.engine) as session:
            answered = calling.answer(session, flask.g.actor, id_of(item), words)
    except DomainError as error:
        flask.flash(str(error), "warn")
    else:
        flask.flash(f"{answered.text}. Answered: {words}", "ok")
    return flask.redirect(flask.url_for("inbox.home"), _SEE_OTHER)
