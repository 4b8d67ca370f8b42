"""The orders desk: one box that finds an order by anything, and each order's page with what may be done to it."""

import datetime as dt
import io
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import flask
from flask.typing import ResponseReturnValue
from PIL import Image
from sqlalchemy.orm import Session

from printers.errors import PreviewError
from printers.preview import ZebrashPreview
from wms.channels.base import ShipTo
from wms.database import db, reading, transaction
from wms.domain.actor import Actor, Role
from wms.domain.base import id_of, text_id
from wms.domain.errors import BadInputError, DomainError
from wms.domain.orders import HoldKind, OrderStatus
from wms.labels.slips import Slip
from wms.services import ordering
from wms.services.carriers import labelling
from wms.services.ordering import box as ordering_box
from wms.services.ordering import finding
from wms.services.ordering import page as ordering_page
from wms.services.ordering.finding import Search
from wms.services.orders import cancelling, promising
from wms.services.planning import again as planning_again
from wms.services.printing import slips
from wms.web import barcodes, sessions

blueprint = flask.Blueprint("ordering", __name__, url_prefix="/desk/orders")
needs_supervisor = sessions.needs(Role.SUPERVISOR)
Deed = Callable[[Session, Actor, int], str]

_SEE_OTHER = 303
_LONGEST_REASON = 150
_DOTS_PER_INCH = 203


@blueprint.get("/")
@needs_supervisor
def home() -> ResponseReturnValue:
    """Show the orders that the search means; exactly one found by a text is opened at once."""
    asked = flask.request.args
    search = Search(
        text=asked.get("q", "").strip(),
        status=asked.get("status", ""),
        carrier=asked.get("carrier", ""),
        cutoff_at=_moment(asked.get("cutoff", "")),
        held=asked.get("held") == "1",
        below=id_of(asked["below"]) if asked.get("below") else None,
    )
    with reading(db.engine) as session:
        box_found = ordering_box.find(session, flask.g.actor, search.text)
        if box_found is not None:
            order_id, package_id = map(text_id, box_found)
            return flask.redirect(flask.url_for("ordering.box", order=order_id, box=package_id))
        found = finding.find(session, flask.g.actor, search)
        choices = finding.choices(session, flask.g.actor)
    if search.text and search.below is None and len(found.rows) == 1:
        return flask.redirect(flask.url_for("ordering.order", order=found.rows[0].key))
    first = [("", "any"), ("open", "open")] if search.text else [("", "open"), ("all", "all")]
    return flask.render_template(
        "ordering/orders.html",
        search=search,
        found=found,
        choices=choices,
        statuses=[*first, *((status.value, status.value) for status in OrderStatus)],
        carriers=[(carrier, carrier.upper()) for carrier in choices.carriers],
        newest=_address(search) if search.below else "",
        older=_address(search, below=found.more) if found.more else "",
    )


def _address(search: Search, below: str = "") -> str:
    """Return the address of a search's page that begins below an order, or of its first."""
    return flask.url_for(
        "ordering.home",
        q=search.text,
        status=search.status,
        carrier=search.carrier,
        cutoff=search.cutoff_at.isoformat() if search.cutoff_at else "",
        held="1" if search.held else "",
        below=below or None,
    )


@blueprint.get("/<order>")
@needs_supervisor
def order(order: str) -> str:
    """Show one order."""
    each_scan = flask.request.args.get("scans") == "1"
    with reading(db.engine) as session:
        page = ordering_page.order_page(session, flask.g.actor, id_of(order), each_scan=each_scan)
    return flask.render_template("ordering/order.html", page=page, order=page.order, each_scan=each_scan)


@blueprint.get("/<order>/boxes/<box>")
@needs_supervisor
def box(order: str, box: str) -> str:  # noqa: ARG001 - the address says whose box it is
    """Show one box."""
    with reading(db.engine) as session:
        page = ordering_box.box_page(session, flask.g.actor, id_of(box))
    return flask.render_template("ordering/box.html", page=page)


@blueprint.get("/<order>/slip")
@needs_supervisor
def slip(order: str) -> str:
    """Show the packing slips of the order's boxes, or before there is one a slip of all it owes, for paper."""
    with reading(db.engine) as session:
        found = slips.of_order(session, flask.g.actor, id_of(order))
    return _slips(found, flask.url_for("ordering.order", order=order))


@blueprint.get("/<order>/boxes/<box>/slip")
@needs_supervisor
def box_slip(order: str, box: str) -> str:
    """Show the packing slip of one box, for paper."""
    with reading(db.engine) as session:
        found = slips.of_box(session, flask.g.actor, id_of(box))
    return _slips((found,), flask.url_for("ordering.box", order=order, box=box))


def _slips(found: Sequence[Slip], back: str) -> str:
    pictures = [(slip, barcodes.picture(slip.code).svg) for slip in found]
    return flask.render_template("ordering/slips.html", slips=pictures, number=found[0].number, back=back)


@blueprint.post("/<order>/boxes/<box>/slip")
@needs_supervisor
def box_print_slip(order: str, box: str) -> ResponseReturnValue:
    """Print the box's packing slip at the station where it was packed."""

    def deed(session: Session, actor: Actor, package_id: int, why: str) -> str:
        job = slips.print_slip(session, actor, package_id, why)
        return f"Copy {job.copy} of the packing slip is printed."

    return _do_to_box(order, box, deed)


@blueprint.post("/<order>/boxes/<box>/reprint")
@needs_supervisor
def box_reprint(order: str, box: str) -> ResponseReturnValue:
    """Print the box's label once more, at the station where it was packed."""

    def deed(session: Session, actor: Actor, package_id: int, why: str) -> str:
        job = ordering_box.reprint(session, actor, package_id, why)
        return f"Copy {job.copy} of the label is printed."

    return _do_to_box(order, box, deed)


@blueprint.post("/<order>/boxes/<box>/void")
@needs_supervisor
def box_void(order: str, box: str) -> ResponseReturnValue:
    """Give the box's label back to its carrier."""

    def deed(session: Session, actor: Actor, package_id: int, why: str) -> str:
        ordering_box.void(session, actor, package_id, why)
        return "The label is given back. Its box waits at the station for another."

    return _do_to_box(order, box, deed)


@blueprint.post("/<order>/boxes/<box>/return")
@needs_supervisor
def box_return(order: str, box: str) -> ResponseReturnValue:
    """Have a label bought that brings the box back."""

    def deed(session: Session, actor: Actor, package_id: int, why: str) -> str:  # noqa: ARG001 - none is asked for
        _ = labelling.want_return(session, actor, package_id)
        return "A return label is asked for. Load the page again in a moment."

    return _do_to_box(order, box, deed, asks_why=False)


@blueprint.post("/<order>/boxes/<box>/return/print")
@needs_supervisor
def box_return_print(order: str, box: str) -> ResponseReturnValue:
    """Print the box's return label at the station where it was packed."""

    def deed(session: Session, actor: Actor, package_id: int, why: str) -> str:  # noqa: ARG001 - none is asked for
        job = ordering_box.print_return(session, actor, package_id, "from its page")
        return f"Copy {job.copy} of the return label is printed."

    return _do_to_box(order, box, deed, asks_why=False)


@blueprint.post("/<order>/boxes/<box>/return/void")
@needs_supervisor
def box_return_void(order: str, box: str) -> ResponseReturnValue:
    """Give the box's return label back to its carrier."""

    def deed(session: Session, actor: Actor, package_id: int, why: str) -> str:
        labelling.void_return(session, actor, package_id, why)
        return "The return label is given back."

    return _do_to_box(order, box, deed)


@blueprint.get("/<order>/boxes/<box>/return.pdf")
@needs_supervisor
def box_return_file(order: str, box: str) -> flask.Response:  # noqa: ARG001 - the address says whose box it is
    """Serve the box's return label as a file for the customer."""
    with reading(db.engine) as session:
        number, zpl = ordering_box.return_zpl(session, flask.g.actor, id_of(box))
    try:
        with ZebrashPreview() as preview:
            picture = preview.draw(zpl.encode())
    except PreviewError as error:
        raise DomainError(f"The label cannot be drawn here: {error}. Print it instead.") from error
    response = flask.Response(_as_pdf(picture), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="return-{number}.pdf"'
    return response


def _as_pdf(picture: bytes) -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("L").save(file, "PDF", resolution=_DOTS_PER_INCH)
    return file.getvalue()


def _do_to_box(
    order: str, box: str, deed: Callable[[Session, Actor, int, str], str], *, asks_why: bool = True
) -> ResponseReturnValue:
    try:
        why = _why("Say why.") if asks_why else ""
        with transaction(db.engine) as session:
            words = deed(session, flask.g.actor, id_of(box), why)
    except (DomainError, BadInputError) as error:
        flask.flash(str(error), "wrong")
    else:
        flask.flash(words, "ok")
    return flask.redirect(flask.url_for("ordering.box", order=order, box=box), _SEE_OTHER)


@blueprint.post("/<order>/hold")
@needs_supervisor
def hold(order: str) -> ResponseReturnValue:
    """Put a hold on the order."""
    form = flask.request.form

    def deed(session: Session, actor: Actor, order_id: int) -> str:
        until = _local_moment(form.get("until", ""), promising.zone_of(session, actor))
        kind = HoldKind.CUSTOMER if form.get("kind") == HoldKind.CUSTOMER else HoldKind.OPERATOR
        held = ordering.hold(session, actor, order_id, kind=kind, reason=form.get("reason", ""), until=until)
        return f"{held.number} is on hold. Its stock is free for others."

    return _do(order, deed)


@blueprint.post("/<order>/holds/<hold>/release")
@needs_supervisor
def release_hold(order: str, hold: str) -> ResponseReturnValue:
    """Take one hold off."""

    def deed(session: Session, actor: Actor, order_id: int) -> str:
        released = ordering.release_hold(session, actor, order_id, id_of(hold))
        return f"Hold released. {released.number} is {released.status}."

    return _do(order, deed)


@blueprint.post("/<order>/address")
@needs_supervisor
def correct_address(order: str) -> ResponseReturnValue:
    """Write where the order goes."""
    form = flask.request.form
    parts = {part: " ".join(form.get(part, "").split()) for part in ordering.ADDRESS_LENGTHS}
    parts["country"] = parts["country"].upper()

    def deed(session: Session, actor: Actor, order_id: int) -> str:
        corrected = ordering.correct_address(session, actor, order_id, ShipTo(**parts))
        missing = ", ".join(corrected.address_missing)
        return f"Address saved. It still lacks {missing}." if missing else "Address saved."

    return _do(order, deed)


@blueprint.post("/<order>/address/suggestion")
@needs_supervisor
def use_suggestion(order: str) -> ResponseReturnValue:
    """Write the address as the carrier suggests it."""

    def deed(session: Session, actor: Actor, order_id: int) -> str:
        used = ordering.use_suggestion(session, actor, order_id)
        return f"{used.number} goes where the carrier suggests."

    return _do(order, deed)


@blueprint.post("/<order>/address/keep")
@needs_supervisor
def keep_address(order: str) -> ResponseReturnValue:
    """Keep the address as it is, whatever the carrier says."""

    def deed(session: Session, actor: Actor, order_id: int) -> str:
        kept = ordering.keep_address(session, actor, order_id)
        return f"{kept.number} goes where it says."

    return _do(order, deed)


@blueprint.post("/<order>/priority")
@needs_supervisor
def prioritise(order: str) -> ResponseReturnValue:
    """Put the order before others, or back among them."""
    text = flask.request.form.get("priority", "")

    def deed(session: Session, actor: Actor, order_id: int) -> str:
        changed = ordering.prioritise(
            session, actor, order_id, int(text) if len(text) == 1 and text.isdecimal() else -1
        )
        return f"Priority of {changed.number} is {changed.priority}."

    return _do(order, deed)


@blueprint.post("/<order>/pick-again")
@needs_supervisor
def pick_again(order: str) -> ResponseReturnValue:
    """Send a picker for a short order's missing units."""

    def deed(session: Session, actor: Actor, order_id: int) -> str:
        again = planning_again.pick_again(session, actor, order_id)
        if not again.batch:
            raise DomainError(again.reason)
        return f"The missing units are in {again.batch}."

    return _do(order, deed)


@blueprint.post("/<order>/cancel")
@needs_supervisor
def cancel(order: str) -> ResponseReturnValue:
    """Cancel the order with all that sets off."""

    def deed(session: Session, actor: Actor, order_id: int) -> str:
        reason = _why("Say why it is cancelled.")
        return f"{cancelling.cancel_by_id(session, actor, order_id, reason).number} is cancelled."

    return _do(order, deed)


def _do(order: str, deed: Deed) -> ResponseReturnValue:
    """Do something to the order in one transaction, and show it again with what came of it."""
    try:
        with transaction(db.engine) as session:
            words = deed(session, flask.g.actor, id_of(order))
    except (DomainError, BadInputError) as error:
        flask.flash(str(error), "wrong")
    else:
        flask.flash(words, "ok")
    return flask.redirect(flask.url_for("ordering.order", order=order), _SEE_OTHER)


def _why(asked: str) -> str:
    """Return the reason given in the form; BadInputError with what is asked where it is blank."""
    reason = " ".join(flask.request.form.get("why", "").split())[:_LONGEST_REASON]
    if not reason:
        raise BadInputError(asked)
    return reason


def _moment(text: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadInputError("That cutoff cannot be read. Choose one from the list.")
    return at


def _local_moment(text: str, zone: ZoneInfo) -> dt.datetime | None:
    """Read what a datetime-local field sends, on the warehouse's clock."""
    if not text:
        return None
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise BadInputError("Give the moment as date and time.") from None
