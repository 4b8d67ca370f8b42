"""A printer with its jobs, half of them in trouble, and the person who looks after it."""

import datetime as dt
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Engine, select
from sqlalchemy.orm import defer

from printers.virtual import control
from printers.virtual.engine import Quirk, Switch
from printers.virtual.server import VirtualZebra
from tests import builders
from tests.faults.troubles import End, Trouble
from wms.database import reading, transaction
from wms.domain.inbox import ExceptionItem
from wms.domain.printing import PrintJob, PrintStatus
from wms.services import printing
from wms.services.printing import Wanted, desk

ANSWER_S, PRINT_S = 0.5, 6.0
# Longer than a printer may take to answer, much shorter than a job may wait.
TROUBLE_S = 0.8
PATIENCE_S = 120.0
LOOK_S, LOOK_AT_PRINTER_S = 0.2, 0.02
CURED = dict.fromkeys((*Switch, *Quirk, control.CONNECTION, *control.NUMBERS))
_ON_THE_WAY = (PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.SENDING)
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A job, the text that only its labels carry, and what it was sent into (None: a job without trouble)."""

    job_id: int
    text: str
    trouble: Trouble | None
    labels: int


@dataclass(kw_only=True)
class Bench:
    """One printer's jobs, sent one trouble after the other; each is judged by the tray as soon as it is over."""

    engine: Engine
    zebra: VirtualZebra
    printer_id: int
    sent: list[Sent] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def send_all(self, troubles: Iterable[Trouble]) -> None:
        """Send a job into each trouble and one without trouble behind it."""
        for trouble in troubles:
            self._send(trouble)

    def _send(self, trouble: Trouble) -> None:
        control.set_faults(self.zebra, {"label_ms": trouble.label_ms} if trouble.has_moment else {})
        control.set_faults(self.zebra, trouble.before)
        # A job of several is struck after its first label.
        count = self.zebra.state().odometer + min(trouble.labels - 1, 1)
        troubled = self.ask(trouble, trouble.labels)
        if trouble.has_moment:
            self.until(lambda: self._lies_under_head(count), look_s=LOOK_AT_PRINTER_S)
        # Only now: a job that the printer was too slow to answer lets the one behind it go first.
        plain = None if trouble.strikes_each_label else self.ask(None)
        if trouble.has_moment:
            trouble.strike(self.zebra)
        if trouble.end is End.AFTER_CURE:
            self.until(lambda: self.job(troubled).reason != "")
            self._expect(troubled, self.job(troubled).status is PrintStatus.CHECKED, "did not wait")
        elif trouble.has_moment and trouble.in_time:
            time.sleep(TROUBLE_S)
        else:
            self.until(lambda: self.has_ended(troubled))
        control.set_faults(self.zebra, CURED)
        plain = plain or self.ask(None)
        for job in (troubled, plain):
            self.until(lambda job=job: self.has_ended(job))  # type: ignore[misc] # a loop's variable, bound at once
        self._expect(plain, self._is(plain, PrintStatus.PRINTED, on_paper=1), "had no trouble and is not printed once")
        self._judge(troubled, trouble)

    def ask(self, trouble: Trouble | None, labels: int = 1) -> Sent:
        """Ask for labels that carry a text of their own."""
        text = f"JOB{next(_numbers):06d}"
        zpl = "".join(f"^XA^FO20,20^A0N,40^FD{text}^FS^FX{'.' * 3000}^XZ" for _ in range(labels))
        with transaction(self.engine) as session:
            actor = builders.actor(at=dt.datetime.now(dt.UTC))
            wanted = Wanted(what=text, zpl=zpl, labels=labels)
            job_id = printing.queue(session, actor, self.printer_id, wanted).id
        self.sent.append(Sent(job_id=job_id, text=text, trouble=trouble, labels=labels))
        return self.sent[-1]

    def job(self, sent: Sent) -> PrintJob:
        """Return a job as it stands."""
        with reading(self.engine) as session:
            return session.scalars(
                select(PrintJob).where(PrintJob.id == sent.job_id).options(defer(PrintJob.zpl))
            ).one()

    def on_paper(self, sent: Sent) -> int:
        """Return how many labels of a job lie in the tray."""
        tray = self.zebra.tray
        return sum(sent.text.encode() in tray.zpl(number) for number in tray.numbers())

    def _judge(self, sent: Sent, trouble: Trouble) -> None:
        """Compare what was told with the tray, and do as a person would who has looked into it."""
        _ = self.zebra.wait_until_idle()
        then = {End.AGAIN: PrintStatus.NOT_PRINTED, End.UNKNOWN: PrintStatus.UNKNOWN}.get(
            trouble.end, PrintStatus.PRINTED
        )
        told = self.job(sent)
        self._expect(sent, self._is(sent, then, trouble.on_paper), f"is {told.status} ({told.reason})")
        is_told = trouble.end in {End.AGAIN, End.UNKNOWN}
        self._expect(sent, self.stands_in_inbox(sent) is is_told, "is in the inbox, or is not, against the rule")
        if trouble.end is End.AGAIN:
            with transaction(self.engine) as session:
                actor = builders.actor(at=dt.datetime.now(dt.UTC))
                again = desk.print_again(session, actor, sent.job_id)
            copy = Sent(job_id=again.id if again else 0, text=sent.text, trouble=trouble, labels=sent.labels)
            self.until(lambda: self.has_ended(copy))
            self._expect(sent, self._is(copy, PrintStatus.PRINTED, sent.labels), "did not print when asked again")
        elif trouble.end is End.UNKNOWN:
            with transaction(self.engine) as session:
                is_whole = self.on_paper(sent) == sent.labels
                actor = builders.actor(at=dt.datetime.now(dt.UTC))
                _ = printing.settle(session, actor, sent.job_id, printed=is_whole, reason="somebody looked")
        self._expect(sent, not self.stands_in_inbox(sent), "stays in the inbox")

    def _is(self, sent: Sent, status: PrintStatus, on_paper: int) -> bool:
        return self.job(sent).status is status and self.on_paper(sent) == on_paper

    def stands_in_inbox(self, sent: Sent) -> bool:
        """Tell whether a job waits for a person."""
        with reading(self.engine) as session:
            mine = ExceptionItem.subject_id == sent.job_id, ExceptionItem.settled_at.is_(None)
            return session.scalars(select(ExceptionItem.id).where(*mine)).first() is not None

    def _lies_under_head(self, count: int) -> bool:
        """Tell whether a label is being printed after so many in the printer's life."""
        state = self.zebra.state()
        return state.odometer == count and state.formats_waiting > 0

    def has_ended(self, sent: Sent) -> bool:
        """Tell whether nothing more will happen to a job by itself."""
        return self.job(sent).status not in _ON_THE_WAY

    def _expect(self, sent: Sent, is_so: bool, otherwise: str) -> None:  # noqa: FBT001 - the fact itself
        if not is_so:
            name = sent.trouble.name if sent.trouble else "no trouble"
            self.wrong.append(f"{sent.text} ({name}) {otherwise}; {self.on_paper(sent)} on paper")

    def until(self, is_so: Callable[[], bool], look_s: float = LOOK_S) -> None:
        """Wait for something; TimeoutError where it does not come."""
        ends_at = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > ends_at:
                raise TimeoutError(f"{self.zebra.name}: {self.sent[-2:]} does not come to its end")
            time.sleep(look_s)
