"""Lifecycles: which status may follow which, checked when the program starts and drawn from the same table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from wms.domain.errors import IllegalMoveError

S = TypeVar("S", bound=StrEnum)


class Lifecycle(Generic[S]):
    """A table status -> statuses that may follow. The first status listed is where a thing begins."""

    def __init__(self, kind: str, moves: Mapping[S, frozenset[S] | set[S]]) -> None:
        """Refuse a table that forgets a status or holds one that nothing leads to."""
        self.kind = kind
        self.moves: dict[S, frozenset[S]] = {now: frozenset(then) for now, then in moves.items()}
        self.start: S = next(iter(self.moves))
        missing = set(type(self.start)) - set(self.moves)
        unreachable = set(self.moves) - {self.start} - {then for thens in self.moves.values() for then in thens}
        if missing or unreachable:
            raise ValueError(f"lifecycle of {kind}: missing {sorted(missing)}, unreachable {sorted(unreachable)}")

    def check(self, now: S, then: S) -> S:
        """Return `then` when it may follow `now`, else raise IllegalMoveError."""
        if then not in self.moves[now]:
            raise IllegalMoveError(self.kind, now, then)
        return then

    @property
    def ends(self) -> frozenset[S]:
        """Statuses that nothing follows."""
        return frozenset(now for now, thens in self.moves.items() if not thens)


def mermaid(lifecycle: Lifecycle[S]) -> str:
    """Draw a lifecycle as a Mermaid state diagram, in table order."""

    def word(status: S) -> str:
        return status.value.replace(" ", "_")

    lines = ["stateDiagram-v2", f"    [*] --> {word(lifecycle.start)}"]
    order = list(lifecycle.moves)
    for now, thens in lifecycle.moves.items():
        lines += [f"    {word(now)} --> {word(then)}" for then in sorted(thens, key=order.index)]
        if not thens:
            lines.append(f"    {word(now)} --> [*]")
    return "\n".join(lines)
