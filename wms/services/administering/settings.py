"""The admin pages' work: list, add, change and remove what a warehouse is made of, by the rules of the file imports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKeyConstraint, Select, String, Table, and_, cast, delete, exists, func, inspect, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import Base
from wms.domain.calendar import Pickup, ShippingMethod
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.floor import Place
from wms.domain.journal import Event, record
from wms.domain.orders import OPEN, Order
from wms.domain.people import Worker
from wms.services.administering import people
from wms.services.administering.kinds import SETTINGS, Setting, choices, load_names, own_key
from wms.services.importing.kinds import Column, Outcome

PAGE = 50


class StillUsedError(DomainError):
    """A row cannot go because others speak of it: `users` are their tables, in words."""

    def __init__(self, one: str, name: str, users: Sequence[str]) -> None:
        super().__init__(f"The {one} {name} stays: {', '.join(users)} refer to it.")
        self.users = tuple(users)


@dataclass(frozen=True, kw_only=True)
class SettingRemoved(Event):
    """A row of a kind was removed on an admin page."""

    kind: str
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldView:
    """A cell to fill in: its column, what stands in it, the words it is chosen from; a key cannot be changed later."""

    column: Column
    value: str
    options: tuple[str, ...]
    is_key: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RowView:
    """A row as a list shows it: `key` for addresses, `name` for people; `is_off` for a worker who may not sign in."""

    key: str
    name: str
    cells: tuple[str, ...]
    is_off: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A page of a kind's rows. `total` counts those the search finds; `page` counts from 1."""

    setting: Setting
    rows: tuple[RowView, ...]
    total: int
    page: int
    search: str

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def setting_of(name: str) -> Setting:
    """Return a kind by its name; NotFoundError where there is none."""
    if name not in SETTINGS:
        raise NotFoundError("set-up page", repr(name[:40]))
    return SETTINGS[name]


def counts(session: Session, actor: Actor) -> list[tuple[Setting, int]]:
    """Return each kind with how many rows it has."""

    def count(setting: Setting) -> int:
        mine = inspect(setting.table).columns["warehouse_id"] == actor.warehouse_id
        found: int = session.execute(select(func.count()).select_from(setting.table).where(mine)).scalar_one()
        return found

    return [(setting, count(setting)) for setting in SETTINGS.values()]


def listing(session: Session, actor: Actor, setting: Setting, *, search: str = "", page: int = 1) -> Listing:
    """Return a page of a kind's rows; a page beyond the last is the last."""
    columns = inspect(setting.table).columns
    wanted = [columns["warehouse_id"] == actor.warehouse_id]
    if search:
        wanted.append(cast(columns[setting.order[0]], String).icontains(search, autoescape=True))
    total: int = session.execute(select(func.count()).select_from(setting.table).where(*wanted)).scalar_one()
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    order = [columns[name] for name in setting.order]
    found = session.scalars(select(setting.table).where(*wanted).order_by(*order).offset((page - 1) * PAGE).limit(PAGE))
    names = load_names(session, actor.warehouse_id)
    rows = []
    for row in found:
        cells = setting.cells(row, names)
        rows.append(
            RowView(
                key=setting.key_of(row),
                name=_name(setting, cells),
                cells=tuple(cells[column.name] for column in setting.columns),
                is_off=isinstance(row, Worker) and not row.active,
            )
        )
    return Listing(setting=setting, rows=tuple(rows), total=total, page=page, search=search)


def everything(session: Session, actor: Actor, setting: Setting) -> Iterator[tuple[str, ...]]:
    """Yield a kind's rows as a file has them that its import reads, the columns' names first; secret ones are out."""
    yield tuple(column.name for column in setting.columns)
    columns, names = inspect(setting.table).columns, load_names(session, actor.warehouse_id)
    mine = select(setting.table).where(columns["warehouse_id"] == actor.warehouse_id)
    for row in session.scalars(mine.order_by(*(columns[name] for name in setting.order))):
        cells = setting.cells(row, names)
        yield tuple(cells[column.name] for column in setting.columns)


def _name(setting: Setting, cells: Mapping[str, str]) -> str:
    return " ".join(cells[column] for column in setting.kind.key)


def fields(session: Session, actor: Actor, setting: Setting, cells: Mapping[str, str]) -> tuple[FieldView, ...]:
    """Return a kind's cells with what stands in them."""
    names = load_names(session, actor.warehouse_id)
    return tuple(
        FieldView(
            column=column,
            value=cells.get(column.name, ""),
            options=tuple(choices(setting, column.name, names)),
            is_key=column.name in setting.kind.key,
        )
        for column in setting.kind.columns
    )


def row_to_change(session: Session, actor: Actor, setting: Setting, key: str) -> tuple[RowView, tuple[FieldView, ...]]:
    """Return a row and its cells; NotFoundError where there is none."""
    row = setting.find(session, actor.warehouse_id, key)
    cells = setting.cells(row, load_names(session, actor.warehouse_id))
    view = RowView(
        key=key,
        name=_name(setting, cells),
        cells=tuple(cells[column.name] for column in setting.columns),
        is_off=isinstance(row, Worker) and not row.active,
    )
    return view, fields(session, actor, setting, cells)


def keep(session: Session, actor: Actor, setting: Setting, cells: Mapping[str, str]) -> Outcome:
    """Add a row, or change the one with the same key; BadRowError says what is wrong with a cell.

    A blank cell leaves what stands. A worker's badge typed anew ends the sessions of the old one.
    """
    outcome = setting.kind.write(session, actor, cells)
    if setting.table is Worker:
        if cells.get("badge", "").strip() and outcome is Outcome.CHANGED:
            people.end_sessions(session, actor, cells["name"].strip())
        people.need_an_admin(session, actor)
    return outcome


def remove(session: Session, actor: Actor, setting: Setting, key: str) -> str:
    """Remove a row that nothing speaks of and return its name; StillUsedError where something does."""
    row = setting.find(session, actor.warehouse_id, key)
    name = _name(setting, setting.cells(row, load_names(session, actor.warehouse_id)))
    if not setting.removable:
        raise DomainError(f"The {setting.one} {name} stays in the history. Switch off what is not to be used.")
    if isinstance(row, ShippingMethod) and row.method == "*":
        raise DomainError("The default * stays: orders whose method is not listed need it.")
    users = _users(session, actor, row)
    if users:
        raise StillUsedError(setting.one, name, users)
    session.delete(row)
    session.flush()
    if _stands_on_place(setting.table):
        mine = Place.warehouse_id == actor.warehouse_id, Place.id == own_key(row)
        _ = session.execute(delete(Place).where(*mine))
    record(session, actor, SettingRemoved(kind=setting.kind.name, key=name))
    return name


def _stands_on_place(table: type[Base]) -> bool:
    return any(column.references(Place.__table__.c.id) for column in inspect(table).primary_key)


def _users(session: Session, actor: Actor, row: Base) -> list[str]:
    """Return, in words, the tables that hold a row which refers to this one, or to the place it stands on."""
    own = inspect(type(row)).local_table
    row_id = own_key(row)
    found = []
    if isinstance(row, Pickup):
        # No foreign key: the calendar may change under orders that are done.
        promised = and_(Order.warehouse_id == actor.warehouse_id, Order.pickup_id == row_id, Order.status.in_(OPEN))
        if session.execute(select(exists().where(promised))).scalar_one():
            found.append("open orders")
    targets = {own, Place.__table__} if _stands_on_place(type(row)) else {own}
    for table in Base.metadata.sorted_tables:
        for link in table.foreign_key_constraints:
            if link.referred_table not in targets or table is own:
                continue
            if session.execute(_speaks(table, link, actor.warehouse_id, row_id)).scalar_one():
                found.append(table.name.replace("_", " "))
                break
    return found


def _speaks(table: Table, link: ForeignKeyConstraint, warehouse_id: int, row_id: object) -> Select[bool]:
    own = table.c[link.column_keys[-1]]
    return select(exists().where(table.c.warehouse_id == warehouse_id, own == row_id))
