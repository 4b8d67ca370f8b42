"""The label at the bench: it is bought, printed, stuck and scanned; its own scan seals the box."""

import datetime as dt
import functools
from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from printers.status import Notice, Trouble
from wms.domain.actor import Actor, Role
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.saying import Said, say
from wms.services import learning_weights, printing
from wms.services.carriers import labelling, recognising_labels
from wms.services.carriers.labelling import LabelState
from wms.services.packing.box import several
from wms.services.packing.screens import BuyingLabel, LabelFailed, ScanLabel
from wms.services.packing.tote.holding import set_aside
from wms.services.packing.tote.totes import free_if_empty, free_shared, has_open_box
from wms.services.scans import asking, feedback
from wms.services.scans.screens import Card, Feedback

REPRINT_LIMIT = dt.timedelta(minutes=30)
_UNDER_WAY = frozenset({PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.SENDING})
_DONE = frozenset({PrintStatus.PRINTED, PrintStatus.HANDED_TO_SPOOLER})
# A label that the packer can hold in hand: SENDING too, for paper is faster than the printer's answer.
_ON_PAPER = _DONE | {PrintStatus.SENDING, PrintStatus.UNKNOWN}
_ANSWERS = frozenset({Command.YES, Command.VOID, Command.NO})
_REPRINT = "asked for at the station"
_TROUBLES: Mapping[str, Said] = {
    Trouble.PAPER_OUT: say("paper out"),
    Trouble.RIBBON_OUT: say("ribbon out"),
    Trouble.HEAD_OPEN: say("head open"),
    Trouble.PAUSED: say("paused"),
    Trouble.BUFFER_FULL: say("buffer full"),
    Trouble.OVER_TEMPERATURE: say("too hot"),
    Trouble.UNDER_TEMPERATURE: say("too cold"),
    Trouble.MEMORY_LOST: say("memory lost"),
    Trouble.CUTTER: say("cutter fault"),
    Trouble.MOTOR_HOT: say("motor too hot"),
    Trouble.HEAD_BROKEN: say("print head fault"),
    Trouble.SILENT: say("no answer"),
}
_NOTICES: Mapping[str, Said] = {
    Notice.CALIBRATE: say("calibrate the paper"),
    Notice.CLEAN_HEAD: say("clean the print head"),
    Notice.REPLACE_HEAD: say("replace the print head"),
    Notice.PAPER_LOW: say("paper nearly out"),
}


def print_word(state: LabelState) -> str:
    """How the label's newest print stands: under way, waiting (for a printer not ready), done, failed or unknown."""
    if state.print_status in _DONE:
        return "done"
    if state.print_status is PrintStatus.UNKNOWN:
        return "unknown"
    if state.print_status not in _UNDER_WAY:
        return "failed"
    # Before its check a job's reason is why somebody wanted it, and only then its printer's fault.
    return "waiting" if state.print_status is PrintStatus.CHECKED and state.print_reason else "under way"


def print_reason(state: LabelState) -> str:
    """Say why the label is not printed: a printer's troubles in the packer's language, what is rarer as it was kept.

    Of a printed one, what its printer wants before long.
    """
    is_done = state.print_status in _DONE
    known = _NOTICES if is_done else _TROUBLES
    words = state.print_reason.split(", ")
    if not all(word in known for word in words):
        return "" if is_done else state.print_reason
    first, *others = (known[word] for word in words)
    return functools.reduce(lambda so_far, one: say("{first}, {then}", first=so_far, then=one), others, first)


def void_refused(state: LabelState) -> str:
    """Say why the carrier keeps a label sold that was thrown away: it is to be printed anew. '' where none is."""
    if not state.is_void_refused or print_word(state) not in {"done", "failed"}:
        return ""
    return state.reason or say("The carrier gave no reason.")


def judge_buying(session: Session, actor: Actor, code: Code, screen: BuyingLabel) -> Feedback:
    """Nothing can be scanned while the carrier answers; a void, or one that takes too long, is left to it by NO."""
    if screen.may_leave and code.command is Command.NO:
        why = "its label is being voided" if screen.is_voiding else "the carrier did not answer"
        return set_aside(session, actor, screen.bench, why)
    return feedback.repeated(
        say("Wait for the void. NO sets aside") if screen.is_voiding else say("Wait for the label")
    )


def judge_failed(session: Session, actor: Actor, code: Code, screen: LabelFailed) -> Feedback:
    """YES asks the carrier again, OTHER CARRIER another that is allowed, NO sets the order aside."""
    if code.command is Command.YES:
        _ = labelling.retry(session, actor, screen.bench.package_id)
        return feedback.told(say("Asked again"))
    if code.command is Command.OTHER_CARRIER:
        _ = labelling.other_service(session, actor, screen.bench.package_id)
        return feedback.told(say("Another carrier is asked"))
    if code.command is Command.NO:
        return set_aside(session, actor, screen.bench, screen.reason)
    return feedback.wrong_type(code, "answer")


def judge_label(session: Session, actor: Actor, code: Code, screen: ScanLabel) -> Feedback:
    """Seal the box by its own label; REPRINT, OTHER PRINTER, VOID (said twice) and NO are the other ways on."""
    if code.command in _ANSWERS and _is_void_asked(session, actor):
        return _void(session, actor, code, screen)
    do = _COMMANDS.get(code.command) if code.command is not None else None
    if code.command is Command.NO and screen.printing == "unknown":
        do = _reprint
    if do is not None:
        return do(session, actor, screen)
    if code.command is not None or code.kind is CodeKind.PACKAGE:
        return feedback.wrong_type(code, "label")
    if recognising_labels.is_label_of(session, actor, screen.bench.package_id, code.text):
        return _seal(session, actor, screen)
    return _not_its_label(session, actor, code, screen)


def _ask_void(_: Session, __: Actor, ___: ScanLabel) -> Feedback:
    return asking.ask(say("VOID this label? YES or VOID again"))


def _is_void_asked(session: Session, actor: Actor) -> bool:
    before = asking.asked(session, actor)
    return before is not None and before.command is Command.VOID


def _void(session: Session, actor: Actor, code: Code, screen: ScanLabel) -> Feedback:
    if code.command is Command.NO:
        return feedback.told(say("NO. The label stays"))
    labelling.void(session, actor, screen.bench.package_id, f"void card at {screen.bench.station}")
    return feedback.told(say("VOID. Throw the label away"))


def _not_its_label(session: Session, actor: Actor, code: Code, screen: ScanLabel) -> Feedback:
    owner = recognising_labels.owner_of(session, actor, code.text, but=screen.bench.package_id)
    if owner is not None:
        return feedback.stop(
            say("This label is for order {order}", order=owner),
            have=Card(name=say("label of {order}", order=owner), detail=f"...{code.text[-4:]}"),
            need=Card(name=say("label of {order}", order=screen.bench.number), detail=f"...{screen.tracking_tail}"),
        )
    if recognising_labels.is_voided(session, actor, code.text):
        return feedback.wrong(say("That label is void. Throw it away"))
    return feedback.wrong_type(code, "label")


def judge_at_ready(session: Session, actor: Actor, code: Code) -> Feedback:
    """Name a label scanned where a tote is asked for, mostly one scanned twice, before any other wrong code."""
    if code.command is None and (owner := recognising_labels.owner_of(session, actor, code.text)) is not None:
        return feedback.repeated(say("{order} has its label. Scan a tote", order=owner))
    return feedback.wrong_type(code, "tote")


def _reprint(session: Session, actor: Actor, screen: ScanLabel) -> Feedback:
    if screen.printing in {"under way", "waiting"}:
        return feedback.repeated(
            say("It prints now") if screen.printing == "under way" else say("Mend the printer. It prints by itself")
        )
    if screen.printing == "unknown" and screen.print_job_id is not None:
        _ = printing.settle(session, actor, screen.print_job_id, printed=False, reason="nothing came out")
    job = printing.reprint(session, actor, screen.label_id, f"{_REPRINT} {screen.bench.station}")
    # VOID said twice is no question any more, though a carrier that refuses at once leaves the label as it was.
    if _is_void_asked(session, actor) and not screen.void_refused:
        return feedback.told(say("The label stays. Copy {n}", n=job.copy))
    return feedback.told(say("REPRINT. Copy {n}", n=job.copy))


def _move(session: Session, actor: Actor, screen: ScanLabel) -> Feedback:
    """Let the label come out of another station's printer; one that may be on paper by now is not moved."""
    if screen.printing in {"done", "unknown"}:
        return feedback.wrong(say("It was printed here. Scan it, or REPRINT"))
    printer = printing.move(session, actor, screen.label_id, f"{_REPRINT} {screen.bench.station}, other printer")
    return feedback.told(say("Fetch the label from {printer}", printer=printer.name))


_COMMANDS: Mapping[Command, Callable[[Session, Actor, ScanLabel], Feedback]] = {
    Command.VOID: _ask_void,
    Command.REPRINT: _reprint,
    Command.OTHER_PRINTER: _move,
}


def _seal(session: Session, actor: Actor, screen: ScanLabel) -> Feedback:
    """Seal the box; the order is packed with its last one, and empty totes are free."""
    # Locked before its prints are read: the job that ends one meanwhile looks at the box.
    package, order = labelling.package_of(session, actor, screen.bench.package_id)
    prints = session.scalars(
        select(PrintJob)
        .where(PrintJob.warehouse_id == actor.warehouse_id, PrintJob.label_id == screen.label_id)
        .execution_options(populate_existing=True)
    ).all()
    if not any(job.status in _ON_PAPER for job in prints):
        return feedback.wrong(say("Not printed yet. Scan the printed label"))
    for job in prints:
        if job.status is PrintStatus.UNKNOWN:
            _ = printing.settle(session, actor, job.id, printed=True, reason="its label was scanned")
    # Another copy in line would come out with no box to go on.
    printing.drop_unsent(session, actor, PrintJob.label_id == screen.label_id, "its box is sealed")
    record(session, actor, package.move_to(PackageStatus.SEALED))
    package.sealed_at = actor.at
    session.flush()
    learning_weights.learn(session, actor, package)
    is_all_packed = labelling.missing_units(session, actor, order.id) == 0
    if is_all_packed and not has_open_box(session, actor, Package.order_id == order.id):
        record(session, actor, order.move_to(OrderStatus.PACKED))
    for tote in screen.bench.open_totes:
        _ = free_if_empty(session, actor, tote.tote_id)
    if not is_all_packed:
        return several.open_next(session, actor, screen.bench, order)
    if not screen.bench.totes:
        free_shared(session, actor, order.id)
    return feedback.complete(say("{order} sealed. CONVEYOR", order=order.number))


def last_sealed(session: Session, actor: Actor, station_id: int) -> tuple[Package, str] | None:
    """Return the box sealed last at a station and still in the house, with its order's number."""
    row = session.execute(
        select(Package, Order.number)
        .join(Order, (Order.warehouse_id == Package.warehouse_id) & (Order.id == Package.order_id))
        .where(
            Package.warehouse_id == actor.warehouse_id,
            Package.station_id == station_id,
            Package.status == PackageStatus.SEALED,
        )
        .order_by(Package.sealed_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def reprint_last(session: Session, actor: Actor, station_id: int) -> Feedback:
    """REPRINT with nothing on the bench: the label of the box sealed last, for half an hour; then a lead's badge."""
    found = last_sealed(session, actor, station_id)
    if found is None:
        return feedback.wrong(say("No sealed box here. Nothing to reprint"))
    package, number = found
    too_late = package.sealed_at is None or actor.at - package.sealed_at > REPRINT_LIMIT
    if too_late and not actor.may(Role.SUPERVISOR):
        return feedback.wrong(say("Over 30 minutes ago. See the lead"))
    state = labelling.state(session, actor, package.id)
    if state is None:
        return feedback.wrong(say("It has no label. See the lead"))
    job = printing.reprint(session, actor, state.label_id, f"{_REPRINT}, after sealing")
    return feedback.told(say("REPRINT {order}. Copy {n}", order=number, n=job.copy))
