"""The troubles a print job may meet, and what each must end in: written by hand, not worked out by the program."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from printers.virtual import control
from printers.virtual.server import LineFault, VirtualZebra


class End(StrEnum):
    """How a job ends."""

    PRINTED = "printed"
    AFTER_CURE = "not printed, then printed once after the cure"
    AGAIN = "told as not printed, then printed once when a person asks again"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """One trouble: what is wrong `before` the job comes or from when its label lies under the head, and how it ends.

    `before` and `under_head` are in the words of the printer's control API. `in_time`: it is cured while the job may
    still wait, else only after its end. `on_paper` labels of the job lie in the tray once it is cured, before anybody
    prints it again. A label takes `label_ms` until something has happened to it.
    """

    name: str
    end: End
    before: Mapping[str, object] = field(default_factory=dict)
    under_head: Mapping[str, object] = field(default_factory=dict)
    is_cut: bool = False
    is_power_cycled: bool = False
    in_time: bool = True
    labels: int = 1
    label_ms: int = 60_000
    on_paper: int = 1

    @property
    def strikes_each_label(self) -> bool:
        """Whether it would strike the next job too, until it is cured."""
        return self.before.get("connection") in {"reset_during", "reset_after", "half_open_during"}

    @property
    def has_moment(self) -> bool:
        """Whether something happens while a label lies under the head."""
        return bool(self.under_head) or self.is_cut or self.is_power_cycled

    def strike(self, zebra: VirtualZebra) -> None:
        """Let happen what happens while a label lies under the head, and the label come out if it can."""
        control.set_faults(zebra, self.under_head)
        if self.is_cut:
            zebra.break_line(LineFault.REFUSED)
            zebra._drop_lines()
        if self.is_power_cycled:
            zebra.power_cycle()
        # What still can come out does so now.
        control.set_faults(zebra, {"label_ms": None})


def _line(fault: str) -> Mapping[str, object]:
    return {"connection": fault}


PRINTED, AFTER_CURE, AGAIN, UNKNOWN = End.PRINTED, End.AFTER_CURE, End.AGAIN, End.UNKNOWN
PAPER_SAID, PAPER_SILENT = {"paper_out": "flag"}, {"paper_out": "silent"}
# fmt: off
TROUBLES = (
    # The line: nothing is sent before the printer has answered on it.
    Trouble(name="refused", before=_line("refuse"), end=AFTER_CURE),
    Trouble(name="reset before the label", before=_line("reset_before"), end=AFTER_CURE),
    Trouble(name="reset in the middle of the label", before=_line("reset_during"), end=AGAIN, on_paper=0),
    Trouble(name="reset after the label", before=_line("reset_after"), end=PRINTED),
    Trouble(name="half-open from the start", before=_line("half_open"), end=AFTER_CURE),
    Trouble(name="half-open when the label comes", before=_line("half_open_during"), end=AGAIN, on_paper=0),
    Trouble(name="cut under way, back in time", is_cut=True, end=PRINTED),
    Trouble(name="cut under way, back too late", is_cut=True, in_time=False, end=UNKNOWN),
    Trouble(name="one client at a time", before=_line("one_client"), end=PRINTED),
    # The paper, with the printer's word and without: a label in its memory comes out by itself when it is cured.
    Trouble(name="paper out, said", before=PAPER_SAID, end=AFTER_CURE),
    Trouble(name="paper out, silent", before=PAPER_SILENT, end=AFTER_CURE),
    Trouble(name="paper out under way, said, in time", under_head=PAPER_SAID, end=PRINTED),
    Trouble(name="paper out under way, silent, in time", under_head=PAPER_SILENT, end=PRINTED),
    Trouble(name="paper out under way, said, too late", under_head=PAPER_SAID, in_time=False, end=UNKNOWN),
    Trouble(name="paper out under way, silent, too late", under_head=PAPER_SILENT, in_time=False, end=UNKNOWN),
    Trouble(name="ribbon out, said", before={"ribbon_out": "flag"}, end=AFTER_CURE),
    Trouble(name="head open, said", before={"head_open": "flag"}, end=AFTER_CURE),
    Trouble(name="head open, silent", before={"head_open": "silent"}, end=AFTER_CURE),
    Trouble(name="head open under way, closed in time", under_head={"head_open": "silent"}, end=PRINTED),
    Trouble(name="head open under way, closed too late", under_head={"head_open": "flag"}, in_time=False, end=UNKNOWN),
    # What only ~HQES tells, and what it warns of; older firmware does not know the question.
    Trouble(name="cutter fault, said", before={"cutter_fault": "flag"}, end=AFTER_CURE),
    Trouble(name="motor too hot under way, cooled in time", under_head={"motor_hot": "flag"}, end=PRINTED),
    Trouble(name="print head fault under way, too late", under_head={"bad_head": "flag"}, in_time=False, end=UNKNOWN),
    Trouble(name="paper nearly out", before={"paper_low": "flag"}, end=PRINTED),
    Trouble(name="firmware without ~HQES", before={"no_query": "flag"}, end=PRINTED),
    # The power: the printer's memory is lost, its count is not.
    Trouble(name="power cycle under way", is_power_cycled=True, end=AGAIN, on_paper=0),
    Trouble(name="power cycle without paper", under_head=PAPER_SAID, is_power_cycled=True, end=AGAIN, on_paper=0),
    Trouble(name="power cycle in a job of three", is_power_cycled=True, labels=3, label_ms=2000, end=UNKNOWN),
    # The pace: slow is not lost.
    Trouble(name="never reads, from the start", before=_line("never_read"), end=AFTER_CURE),
    Trouble(name="stops reading under way, in time", under_head=_line("never_read"), end=PRINTED),
    Trouble(name="stops reading under way, too late", under_head=_line("never_read"), in_time=False, end=UNKNOWN),
    Trouble(name="drains slowly, three labels", before={"label_ms": 300}, labels=3, end=PRINTED, on_paper=3),
    Trouble(name="answers in pieces", before={"status_pieces": 9}, end=PRINTED),
    Trouble(name="answers slowly", before={"status_delay_ms": 60}, end=PRINTED),
    Trouble(name="answers too late to be heard", before={"status_delay_ms": 3000}, end=AFTER_CURE),
    Trouble(name="no answers under way, in time", under_head={"status_delay_ms": 3000}, end=PRINTED),
    Trouble(name="no answers under way, too late", under_head={"status_delay_ms": 60_000}, in_time=False, end=UNKNOWN),
)
# fmt: on
