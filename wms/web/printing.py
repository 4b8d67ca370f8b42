"""The printing page and the label sheets."""

from dataclasses import asdict, dataclass, fields

import flask
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from printers.drivers import open_printer
from printers.errors import PrinterError
from printers.printer import Patience
from printers.status import Status
from wms.database import db, reading, transaction
from wms.domain.actor import Role
from wms.domain.base import id_of
from wms.domain.errors import BadInputError
from wms.services import label_sheets, printing
from wms.services.label_sheets import Choice, Sheet, SheetKind
from wms.services.printing import desk as printing_desk
from wms.web import sessions, trays
from wms.web.barcodes import Room, picture

blueprint = flask.Blueprint("printing", __name__, url_prefix="/desk")
needs_supervisor = sessions.needs(Role.SUPERVISOR)

_SEE_OTHER = 303
_QUICK = Patience(reply_s=1.0)  # a page waits for it
_UNREADABLE = 422
# A browser draws so many in a second or two; a label printer gets them all.
MOST_SHOWN = 1000
_NARROWING = {field.name for field in fields(Choice)} - {"kind"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """How a kind of sheet lies on paper: its name in sheets.css, its size in words, and the room of each barcode."""

    name: str
    size: str
    room: Room


_LABEL = Paper(name="label", size="Labels of 62 x 37 mm", room=Room(width_mm=56))
# The size of a bank card (ISO/IEC 7810, ID-1), for lanyards; wide bars are read at arm's length from a worn card.
_CARD = Paper(name="card", size="Cards of 86 x 54 mm", room=Room(module_mm=0.5, width_mm=78, height_mm=15))
_PAPERS = {
    SheetKind.COMMANDS: _CARD,
    SheetKind.QUANTITIES: _CARD,
    SheetKind.CASES: Paper(
        name="case", size="Labels of 93 x 62 mm", room=Room(module_mm=0.5, width_mm=87, height_mm=20)
    ),
    SheetKind.POSTER: Paper(
        name="poster", size="One page of A4 or Letter", room=Room(module_mm=0.6, width_mm=62, height_mm=14)
    ),
}


@blueprint.get("/printing")
@needs_supervisor
def desk() -> str:
    """Show printers and jobs."""
    with reading(db.engine) as session:
        shown = printing_desk.page(session, flask.g.actor)
    found = {printer.name: trays.address(printer.url) for printer in shown.printers}
    return flask.render_template("printing/desk.html", page=shown, trays=found)


@blueprint.get("/printing/printers/<printer>/state")
@needs_supervisor
def state(printer: str) -> str:
    """Ask a printer how it is, outside any transaction; one that is printing is left alone."""
    with reading(db.engine) as session:
        url, is_printing = printing_desk.asked_of(session, flask.g.actor, id_of(printer))
    if is_printing:
        return _state("printing", "info")
    try:
        status = open_printer(url, _QUICK).status()
    except PrinterError as error:
        return _state("no answer", "wrong", detail=str(error))
    words = ", ".join((*(status.troubles or ("ready",)), *status.notices))
    return _state(words, "warn" if status.troubles or status.notices else "ok", status=status)


def _state(words: str, tone: str, *, detail: str = "", status: Status | None = None) -> str:
    return flask.render_template("printing/state.html", words=words, tone=tone, detail=detail, status=status)


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
def labels() -> ResponseReturnValue:
    """Show a printable sheet; a range or location that cannot be is named above an empty one."""
    wrong, found = "", Sheet(labels=())
    with reading(db.engine) as session:
        choice = label_sheets.choose(session, flask.g.actor, _choice(flask.request.args))
        try:
            found = label_sheets.sheet(session, flask.g.actor, choice)
        except BadInputError as error:
            wrong = str(error)
        zones = label_sheets.zones(session, flask.g.actor)
        aisles = label_sheets.aisles(session, flask.g.actor, choice.zone)
        printers = printing_desk.printers(session, flask.g.actor)
    paper = _PAPERS.get(choice.kind, _LABEL)
    pictures = [picture(label.code, label.symbology, paper.room) for label in found.labels[:MOST_SHOWN]]
    page = flask.render_template(
        "printing/labels.html",
        choice=choice,
        asked=asdict(choice),
        kinds=[kind for kind in SheetKind if kind is not SheetKind.BADGES or flask.g.actor.may(Role.ADMIN)],
        zones=_options(zones),
        aisles=_options(aisles),
        sheet=found,
        shown=list(zip(found.labels, pictures, strict=False)),
        prints=min(len(found.labels), 1) if choice.kind is SheetKind.POSTER else len(found.labels),
        paper=paper,
        narrowest_mm=min((each.module_mm for each in pictures), default=paper.room.module_mm),
        wrong=wrong,
        printers=[(printer.key, printer.name) for printer in printers],
    )
    return page, _UNREADABLE if wrong else 200


@blueprint.post("/labels")
@needs_supervisor
def print_labels() -> ResponseReturnValue:
    """Send the sheet's labels to a label printer."""
    form = flask.request.form
    choice = _choice(form)
    with transaction(db.engine) as session:
        count = label_sheets.queue(session, flask.g.actor, choice, id_of(form.get("printer", "")))
    flask.flash(f"{count} label{'' if count == 1 else 's'} on the way.", "ok")
    return flask.redirect(flask.url_for("printing.labels", **asdict(choice)), _SEE_OTHER)


def _choice(asked: MultiDict[str, str]) -> Choice:
    kind = asked.get("kind", SheetKind.LOCATIONS)
    if kind not in set(SheetKind):
        raise BadInputError(f"There are no label sheets of '{kind[:20]}'. Choose from: {', '.join(SheetKind)}.")
    given = {name: asked[name] for name in _NARROWING & set(asked)}
    return Choice(kind=SheetKind(kind), **given)


def _options(values: list[str]) -> list[tuple[str, str]]:
    return [(label_sheets.ALL, "All"), *((value, value) for value in values)]


def _to_desk() -> ResponseReturnValue:
    return flask.redirect(flask.url_for("printing.desk"), _SEE_OTHER)
