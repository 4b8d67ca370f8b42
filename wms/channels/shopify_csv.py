"""Shopify's order export: a CSV file with a row a line item, an order's own fields only on its first row.

Rows belong together by `Name`. Two passes are made: the first counts each order's rows, so that the second can give an
order when its last row is read, hold few rows at a time, and never give half an order when rows stand apart.
"""

from collections.abc import Iterator
from pathlib import Path

from wms.channels.base import ChannelError, Fault, Reading, Record
from wms.channels.records import BrokenRecord, shown, table
from wms.channels.shopify_rows import READ, Row, read_order, row_faults

NAME = "shopify"
REQUIRED = ("Name", "Financial Status", "Created at", "Lineitem quantity", "Lineitem sku")
# A column the import's own rejects file adds: such a file, mended, is imported again as it is.
REASON_COLUMN = "reason"


class ShopifyFile:
    """The channel of one export file."""

    name = NAME

    def __init__(self, path: Path) -> None:
        """Read the header; ChannelError names the columns that are missing."""
        self._path = path
        with table(path) as (header, _):
            self.header = header
        missing = [column for column in REQUIRED if column not in header]
        if missing:
            raise ChannelError(
                f"{path.name} is no Shopify order export: it has no column {', '.join(missing)}. "
                "Export the orders again, with all columns and as CSV."
            )
        self._at = {column: place for place, column in enumerate(header)}
        self._read_at = [(column, place) for column, place in self._at.items() if column in READ]
        self._row_counts: list[int] = []

    def count(self) -> int:
        """Return how many orders the file holds."""
        if not self._row_counts:
            for ordinal, _, _ in self._grouped():
                if ordinal == len(self._row_counts):
                    self._row_counts.append(0)
                self._row_counts[ordinal] += 1
        return len(self._row_counts)

    def readings(self) -> Iterator[Reading]:
        """Yield the orders in the order of their last rows."""
        _ = self.count()
        waiting: dict[int, list[tuple[Record, str]]] = {}
        for ordinal, record, broken in self._grouped():
            rows = waiting.setdefault(ordinal, [])
            rows.append((record, broken))
            if len(rows) == self._row_counts[ordinal]:
                yield self._reading(waiting.pop(ordinal))

    def _cell(self, record: Record, column: str) -> str:
        place = self._at.get(column, len(record.cells))
        return record.cells[place].strip() if place < len(record.cells) else ""

    def _read_cells(self, record: Record) -> dict[str, str]:
        cells, columns = record.cells, len(record.cells)
        return {column: cells[place] for column, place in self._read_at if place < columns}

    def _grouped(self) -> Iterator[tuple[int, Record, str]]:
        """Yield (which order, record, why it is broken or '') for each record, orders counted from 0."""
        latest: dict[str, int] = {}
        now, now_name, now_id, last = -1, "", "", -1
        with table(self._path) as (_, items):
            for item in items:
                record, broken = (item.record, item.reason) if isinstance(item, BrokenRecord) else (item, "")
                name, identity = self._cell(record, "Name"), self._cell(record, "Id")
                begins = bool(self._cell(record, "Created at") or self._cell(record, "Financial Status"))
                another = bool(identity and now_id and identity != now_id)
                # A row without a name may be a line of the order before it: that order is then left out whole.
                if now >= 0 and not another and (name == now_name or not (name or begins)):
                    now_id = now_id or identity
                elif not begins and not another and name in latest:
                    now, now_name, now_id = latest[name], name, identity
                else:
                    last += 1
                    now, now_name, now_id = last, name, identity
                latest[now_name] = now
                yield now, record, broken

    def _reading(self, rows: list[tuple[Record, str]]) -> Reading:
        faults: list[Fault] = []
        good: list[Row] = []
        for record, broken in rows:
            row = Row(line=record.line, cells=self._read_cells(record))
            reasons = [broken] if broken else row_faults(row, record, self.header)
            if good and row["Created at"]:
                reasons.append("the order's own fields stand here again: the order is in the file twice")
            if reasons:
                faults.append(Fault(line=record.line, reason="; ".join(reasons)))
            else:
                good.append(row)
        order = None
        if not faults:
            order, faults = read_order(good)
        names = (self._cell(record, "Name") or self._cell(record, "Id") for record, _ in rows)
        return Reading(
            name=shown(next(filter(None, names), ""))[1:-1],
            records=tuple(record for record, _ in rows),
            order=order,
            faults=tuple(faults),
        )
