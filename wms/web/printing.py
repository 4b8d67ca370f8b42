"""The printing page and the label sheets."""

import flask
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from wms.database import db, reading, transaction
from wms.domain.actor import Role
from wms.domain.base import id_of
from wms.domain.errors import BadInputError
from wms.services import label_sheets, printing, printing_desk
from wms.services.label_sheets import Choice, SheetKind
from wms.web import sessions, trays
from wms.web.barcodes import code128

blueprint = flask.Blueprint("printing", __name__, url_prefix="/desk")
needs_supervisor = sessions.needs(Role.SUPERVISOR)

_SEE_OTHER = 303


@blueprint.get("/printing")
@needs_supervisor
def desk() -> str:
    """Show printers and jobs."""
    with reading(db.engine) as session:
        shown = printing_desk.page(session, flask.g.actor)
    found = {printer.name: trays.address(printer.url) for printer in shown.printers}
    return flask.render_template("printing/desk.html", page=shown, trays=found)


@blueprint.post("/printing/jobs/<job>/printed")
@needs_supervisor
def printed(job: str) -> ResponseReturnValue:
    """Take a person's word that a job of unknown end lies on paper."""
    with transaction(db.engine) as session:
        settled = printing.settle(session, flask.g.actor, id_of(job), printed=True, reason="a person saw it")
    flask.flash(f"{settled.what}: printed.", "ok")
    return _to_desk()


@blueprint.post("/printing/jobs/<job>/again")
@needs_supervisor
def again(job: str) -> ResponseReturnValue:
    """Print once more what did not come out."""
    with transaction(db.engine) as session:
        copy = printing_desk.print_again(session, flask.g.actor, id_of(job))
    if copy is None:
        flask.flash("Settled. The label is void, so it was not printed again.", "warn")
    else:
        flask.flash(f"{copy.what}: copy {copy.copy} is on its way.", "ok")
    return _to_desk()


@blueprint.post("/printing/jobs/<job>/give-up")
@needs_supervisor
def give_up(job: str) -> ResponseReturnValue:
    """Wait no more for what did not come out."""
    with transaction(db.engine) as session:
        given_up = printing_desk.give_up(session, flask.g.actor, id_of(job), "did not come out; not wanted any more")
    flask.flash(f"{given_up.what}: given up.", "ok")
    return _to_desk()


@blueprint.post("/printing/printers/<printer>/test")
@needs_supervisor
def trial(printer: str) -> ResponseReturnValue:
    """Print a test label."""
    with transaction(db.engine) as session:
        _ = printing_desk.print_trial(session, flask.g.actor, id_of(printer))
    flask.flash("A test label is on its way.", "ok")
    return _to_desk()


@blueprint.get("/labels")
@needs_supervisor
def labels() -> str:
    """Show a printable sheet."""
    with reading(db.engine) as session:
        choice = label_sheets.choose(session, flask.g.actor, _choice(flask.request.args))
        found = label_sheets.labels(session, flask.g.actor, choice)
        zones = label_sheets.zones(session, flask.g.actor)
        aisles = label_sheets.aisles(session, flask.g.actor, choice.zone)
        printers = printing_desk.printers(session, flask.g.actor)
    return flask.render_template(
        "printing/labels.html",
        choice=choice,
        kinds=[kind for kind in SheetKind if kind is not SheetKind.BADGES or flask.g.actor.may(Role.ADMIN)],
        zones=_options(zones),
        aisles=_options(aisles),
        labels=found,
        printers=[(printer.key, printer.name) for printer in printers],
        code128=code128,
    )


@blueprint.post("/labels")
@needs_supervisor
def print_labels() -> ResponseReturnValue:
    """Send the sheet's labels to a label printer."""
    form = flask.request.form
    choice = _choice(form)
    with transaction(db.engine) as session:
        count = label_sheets.queue(session, flask.g.actor, choice, id_of(form.get("printer", "")))
    flask.flash(f"{count} label{'' if count == 1 else 's'} on the way.", "ok")
    return flask.redirect(
        flask.url_for("printing.labels", kind=choice.kind, zone=choice.zone, aisle=choice.aisle, name=choice.name),
        _SEE_OTHER,
    )


def _choice(asked: MultiDict[str, str]) -> Choice:
    kind = asked.get("kind", SheetKind.LOCATIONS)
    if kind not in set(SheetKind):
        raise BadInputError(f"There are no label sheets of '{kind[:20]}'. Choose from: {', '.join(SheetKind)}.")
    return Choice(
        kind=SheetKind(kind),
        zone=asked.get("zone", label_sheets.ALL),
        aisle=asked.get("aisle", ""),
        name=asked.get("name", ""),
    )


def _options(values: list[str]) -> list[tuple[str, str]]:
    return [(label_sheets.ALL, "All"), *((value, value) for value in values)]


def _to_desk() -> ResponseReturnValue:
    return flask.redirect(flask.url_for("printing.desk"), _SEE_OTHER)
