"""What purchases from a failing carrier came to."""

from collections import Counter
from dataclasses import dataclass

from wms.carriers.fake_shippo_ways import WAY


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """What the purchases came to; `paid_twice` to `wrong` should be zero or empty, and so should `misplaced`.

    `unusable` are paid labels that stand and that nobody can print; `unprintable` counts those that were bought.

    `posted` counts what the carrier posted of its boxes' ways, `events` what the books hold of it, and `misplaced` the
    paid boxes that did not come to their end with each step of their way once.
    """

    boxes: int
    requests: int
    failed: Counter[str]
    kills: int
    labels: Counter[str]
    paid: int
    given_back: int
    answers_kept: int
    seconds: float
    paid_twice: int
    lost: int
    unpaid: int
    unusable: int
    unprintable: int
    wrong: tuple[str, ...]
    posted: int
    events: int
    misplaced: int

    @property
    def is_right(self) -> bool:
        """Whether each box has its one paid label, and each step of each paid box's way is told once."""
        counts = self.paid_twice, self.lost, self.unpaid, self.unusable, self.misplaced, len(self.wrong)
        return not any(counts) and self.events == self.paid * len(WAY)

    def __str__(self) -> str:
        labels = ", ".join(f"{count} {status}" for status, count in sorted(self.labels.items()))
        sums = f"{self.boxes} boxes, {self.requests} requests, {self.failed.total()} of them failed"
        stand = f"{self.paid} paid labels stand at the carrier, {self.given_back} were given back"
        wrong = f"boxes with two paid labels: {self.paid_twice}, paid labels lost from the books: {self.lost}"
        unusable = f"{self.unprintable} labels bought that cannot be printed, of them not given back: {self.unusable}"
        lines = [
            f"{sums}, {self.kills} workers killed, {self.seconds:.0f} seconds",
            f"labels: {labels}; {stand}, {self.answers_kept} raw answers kept",
            f"{wrong}, boxes without their paid label: {self.unpaid}",
            unusable,
            f"{self.posted} posts, twice and in disorder: {self.events} events, boxes misplaced: {self.misplaced}",
            *(f"  {count:4d}  {fault}" for fault, count in sorted(self.failed.items())),
            *self.wrong,
        ]
        return "\n".join(lines)
