"""What a kind of row is: its columns and how one is kept; and the writing that all kinds share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import Base
from wms.domain.codes import CodeKind, own_code, parse
from wms.domain.floor import Place, PlaceKind
from wms.domain.journal import Event, record
from wms.services.importing.cells import BadRowError, Cells, quoted
from wms.services.numbering import next_code

T = TypeVar("T", bound=Base)


class Outcome(StrEnum):
    """What keeping a row did."""

    ADDED = "added"
    CHANGED = "changed"
    KNOWN = "known"


@dataclass(frozen=True, kw_only=True)
class RowKept(Event):
    """A row of a kind was added or changed, by a file or on an admin page."""

    kind: str
    key: str
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column: its name in files and forms, what it holds, whether each row must have it, and names a thing by it."""

    name: str
    hint: str
    required: bool = False
    is_key: bool = False


def keyed(name: str, hint: str) -> Column:
    """Return a column that each row must have and that says which thing the row is about."""
    return Column(name=name, hint=hint, required=True, is_key=True)


def required(name: str, hint: str) -> Column:
    """Return a column that each row must have."""
    return Column(name=name, hint=hint, required=True)


def optional(name: str, hint: str) -> Column:
    """Return a column that may be blank or absent."""
    return Column(name=name, hint=hint)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of row; `keep` writes one or refuses it.

    `once`: a file may name a key only once, since its rows state a whole.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    keep: Callable[[Session, Actor, Cells], Outcome]
    once: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that say which thing a row is about."""
        return tuple(column.name for column in self.columns if column.is_key)

    def write(self, session: Session, actor: Actor, row: Mapping[str, str]) -> Outcome:
        """Keep a row of cells by column and tell the journal what is new; BadRowError leaves nothing of it behind."""
        cells = Cells(row)
        for column in self.columns:
            if column.required and not row.get(column.name, "").strip():
                raise BadRowError(f"the {column.name} is missing")
        with session.begin_nested():
            outcome = self.keep(session, actor, cells)
        if outcome is not Outcome.KNOWN:
            record(session, actor, RowKept(kind=self.name, key=" / ".join(self.key_of(row)), outcome=outcome))
        return outcome

    def key_of(self, row: Mapping[str, str]) -> tuple[str, ...]:
        """Return the cells that say which thing a row is about."""
        return tuple(row.get(column, "").strip() for column in self.key)


def find(session: Session, actor: Actor, table: type[T], **values: object) -> T | None:
    """Return the warehouse's row with these values, or None."""
    columns = inspect(table).columns
    wanted = (getattr(table, name) == value for name, value in values.items())
    return session.scalars(select(table).where(columns["warehouse_id"] == actor.warehouse_id, *wanted)).first()


def keep(
    session: Session,
    actor: Actor,
    table: type[T],
    key: Mapping[str, object],
    given: Mapping[str, object],
    fresh: Callable[[], Mapping[str, Any]] = dict,
) -> tuple[T, Outcome]:
    """Write what is `given` (None: not given) to the row with a key; a new row also takes what `fresh` returns."""
    told = {name: value for name, value in given.items() if value is not None}
    row = find(session, actor, table, **key)
    if row is None:
        values: dict[str, Any] = {"warehouse_id": actor.warehouse_id, **fresh(), **told, **key}
        row = table(**values)
        session.add(row)
        session.flush()
        return row, Outcome.ADDED
    outcome = Outcome.KNOWN
    for name, value in told.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            outcome = Outcome.CHANGED
    session.flush()
    return row, outcome


def new_place(session: Session, actor: Actor, kind: PlaceKind) -> int:
    """Make the place that a new location, tote or station shares its id with."""
    place = Place(warehouse_id=actor.warehouse_id, kind=kind)
    session.add(place)
    return place.id


def own_barcode(cells: Cells, kind: CodeKind, column: str = "barcode") -> str | None:
    """Return the code of a kind that a cell names, whole ('T000123') or by its number ('12'); None: not given."""
    text = cells.text(column, 40)
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        try:
            return own_code(kind, int(text))
        except ValueError as error:
            raise BadRowError(f"the {column} {quoted(text)} is too large a number") from error
    code = parse(text)
    if code.kind is not kind:
        raise BadRowError(f"the {column} {quoted(text)} is no {kind} code such as {own_code(kind, 1)}")
    return code.text


def fresh_code(session: Session, actor: Actor, table: type[Base], kind: CodeKind) -> str:
    """Return the next code of a kind that no row of the table carries."""
    while True:
        try:
            code = next_code(session, actor.warehouse_id, kind)
        except ValueError as error:
            raise BadRowError(f"no {kind} codes are left") from error
        if find(session, actor, table, barcode=code) is None:
            return code


def refuse_taken(
    session: Session, actor: Actor, table: type[Base], key: Mapping[str, object], column: str, value: str | None
) -> None:
    """Refuse a value that must be one thing's alone and that another row already has."""
    other = find(session, actor, table, **{column: value}) if value is not None else None
    if other is not None and any(getattr(other, name) != mine for name, mine in key.items()):
        raise BadRowError(f"the {column} {quoted(value or '')} belongs to another row")
