"""What the cells of one order in Shopify's export mean, and what makes a row a bad one.

Columns and status words: Shopify's "Export orders" help page, as summarised in the import's documentation.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from wms.channels.base import Fault, IncomingLine, IncomingOrder, Payment, Record, ShipTo
from wms.channels.money import minor_units
from wms.channels.records import shown, unstorable

_PAYMENTS = {
    "paid": Payment.SETTLED,
    "partially_refunded": Payment.SETTLED,
    "refunded": Payment.RETURNED,
    "voided": Payment.RETURNED,
}
_FULFILLMENTS = {"", "unfulfilled", "partial", "fulfilled"}
_DATES = ("Created at", "Paid at", "Fulfilled at", "Cancelled at")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|UTC|[+-]\d\d:?\d\d)", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,6}", re.ASCII)
# Column -> the most characters the database keeps of it; more is a bad row, since cut text would be wrong text.
_LENGTHS = {
    "Name": 40,
    "Id": 80,
    "Email": 200,
    "Shipping Method": 120,
    "Lineitem sku": 80,
    "Shipping Name": 200,
    "Shipping Company": 200,
    "Shipping Address1": 200,
    "Shipping Address2": 200,
    "Shipping City": 120,
    "Shipping Province": 60,
    "Shipping Zip": 20,
    "Shipping Country": 2,
    "Shipping Phone": 40,
}
# Not in Shopify's own export: added by hand, or by an app that asks the customer at the check-out.
_SUBSTITUTES = "Accepts Substitutes"
_OTHERS = (
    _SUBSTITUTES,
    "Financial Status",
    "Fulfillment Status",
    "Risk Level",
    "Currency",
    "Total",
    "Notes",
    "Note Attributes",
    "Gift note",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem requires shipping",
    "Lineitem fulfillment status",
)
READ = frozenset({*_LENGTHS, *_DATES, *_OTHERS})
# What gift apps call it, and what else begins a line as the name of an attribute.
_GIFT_NOTES = frozenset({"gift note", "gift message"})
_ATTRIBUTE = re.compile(r"[A-Za-z][\w-]*(?: [\w-]+)?", re.ASCII)
_LINE_NAME_LENGTH = 255
_CURRENCY_LENGTH = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A record's cells by their column's name; only the columns in `READ` need be there."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell without blanks around it; '' where the file has no such column."""
        return self.cells.get(column, "").strip()

    def one_line(self, column: str) -> str:
        """Return a cell as one line of text."""
        return " ".join(self.cells.get(column, "").split())


def moment(text: str) -> dt.datetime | None:
    """Return '2026-11-22 10:00:00 -0500' in UTC; None where it is no moment with a time zone."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    offset = "+00:00" if found[3] in {"Z", "UTC"} else found[3]
    try:
        return dt.datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}").astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def gift_note(attributes: str) -> str:
    """Return the gift note among Shopify's note attributes, a 'name: value' a line; lines without a name go on."""
    words: list[str] = []
    is_gift = False
    for line in attributes.splitlines():
        name, colon, value = line.partition(":")
        if colon and re.sub(r"[\s_-]+", " ", name.strip().lower()) in _GIFT_NOTES:
            is_gift, words = True, [value.strip()]
        elif colon and _ATTRIBUTE.fullmatch(name):
            is_gift = False
        elif is_gift:
            words.append(line.strip())
    return "\n".join(words).strip()


def row_faults(row: Row, record: Record, header: Sequence[str]) -> list[str]:
    """Return what is wrong with one row by itself."""
    if len(record.cells) != len(header):
        return [f"it has {len(record.cells)} cells where the header has {len(header)}"]
    if unstorable("".join(record.cells)):
        return [
            f"{column} {why}" for column, cell in zip(header, record.cells, strict=True) if (why := unstorable(cell))
        ]
    found = [
        f"{column} has more than {most} characters"
        for column, most in _LENGTHS.items()
        if len(row.cells.get(column, "")) > most and len(row.one_line(column)) > most
    ]
    if not _quantity(row):
        found.append(f"the quantity {shown(row['Lineitem quantity'])} is not a positive whole number")
    if _ships(row) and not row["Lineitem sku"]:
        found.append("the SKU is missing")
    found += [
        f"{column} {shown(row[column])} is no date and time with a zone, such as 2026-11-22 10:00:00 -0500"
        for column in _DATES
        if row[column] and moment(row[column]) is None
    ]
    return found


def read_order(rows: Sequence[Row]) -> tuple[IncomingOrder | None, list[Fault]]:
    """Return the order that good rows make, or what is wrong with them together."""
    first = rows[0]
    currency = first["Currency"].upper()
    reasons = _order_faults(first)
    placed_at = moment(first["Created at"])
    total_cents = minor_units(first["Total"] or "0", currency)
    if total_cents is None:
        reasons.append(f"the total {shown(first['Total'])} is no amount of {currency or 'money'}")
    faults = [Fault(line=first.line, reason="; ".join(reasons))] if reasons else []
    lines: list[IncomingLine] = []
    for row in rows:
        line = _line(row, currency, first["Fulfillment Status"].lower())
        if line is None:
            reason = f"the price {shown(row['Lineitem price'])} is no amount of {currency or 'money'}"
            faults.append(Fault(line=row.line, reason=reason))
        else:
            lines.append(line)
    if faults or placed_at is None or total_cents is None:
        return None, _by_line(faults)
    financial = first["Financial Status"].lower()
    payment = _PAYMENTS.get(financial, Payment.UNSETTLED)
    order = IncomingOrder(
        external_id=first["Id"] or first["Name"],
        number=first["Name"] or first["Id"],
        placed_at=placed_at,
        payment=payment,
        financial=financial,
        cancelled=bool(first["Cancelled at"]) or payment is Payment.RETURNED,
        risky=first["Risk Level"].lower() == "high",
        accepts_substitutes=_accepts_substitutes(first) or False,
        currency=currency,
        total_cents=total_cents,
        shipping_method=first.one_line("Shipping Method"),
        email=first.one_line("Email"),
        note=first["Notes"],
        gift_note=first["Gift note"] or gift_note(first["Note Attributes"]),
        ship_to=_ship_to(first),
        lines=tuple(lines),
    )
    return order, []


def _line(row: Row, currency: str, fulfillment: str) -> IncomingLine | None:
    """Return the line that a row tells; None where its price is no amount."""
    price_cents = minor_units(row["Lineitem price"] or "0", currency)
    if price_cents is None:
        return None
    line_done = fulfillment == "partial" and row["Lineitem fulfillment status"].lower() == "fulfilled"
    quantity = _quantity(row)
    return IncomingLine(
        line=row.line,
        sku=row["Lineitem sku"],
        name=_cut(row.one_line("Lineitem name")),
        quantity=quantity,
        to_pick=0 if fulfillment == "fulfilled" or line_done or not _ships(row) else quantity,
        price_cents=price_cents,
        ships=_ships(row),
    )


def _by_line(faults: list[Fault]) -> list[Fault]:
    """Join what is wrong with one line into one fault: a bad row is told once."""
    told: dict[int, list[str]] = {}
    for fault in faults:
        told.setdefault(fault.line, []).append(fault.reason)
    return [Fault(line=line, reason="; ".join(reasons)) for line, reasons in sorted(told.items())]


def _order_faults(first: Row) -> list[str]:
    reasons = []
    if not (first["Name"] or first["Id"]):
        reasons.append("Name and Id are missing, so nobody can say which order it is")
    if not first["Created at"]:
        reasons.append("Created at is missing")
    if first["Currency"] and not (first["Currency"].isalpha() and len(first["Currency"]) == _CURRENCY_LENGTH):
        reasons.append(f"the currency {shown(first['Currency'])} is no code of three letters")
    if _accepts_substitutes(first) is None:
        reasons.append(f"{_SUBSTITUTES} {shown(first[_SUBSTITUTES])} is not yes or no")
    if first["Fulfillment Status"].lower() not in _FULFILLMENTS:
        words = "unfulfilled, partial or fulfilled"
        reasons.append(f"the Fulfillment Status {shown(first['Fulfillment Status'])} is not known; {words} are")
    return reasons


def _accepts_substitutes(first: Row) -> bool | None:
    """Return what the order says of substitutes, no where it says nothing; None where that is neither yes nor no."""
    said = {"": False, "no": False, "false": False, "yes": True, "true": True}
    return said.get(first[_SUBSTITUTES].lower())


def _quantity(row: Row) -> int:
    """Return the row's quantity, 0 where it is not a positive whole number."""
    text = row["Lineitem quantity"]
    return int(text) if _WHOLE.fullmatch(text) else 0


def _ships(row: Row) -> bool:
    return row["Lineitem requires shipping"].lower() != "false"


def _cut(name: str) -> str:
    """Shorten a line's name, which is only read by people."""
    return name if len(name) <= _LINE_NAME_LENGTH else name[: _LINE_NAME_LENGTH - 1] + "…"


def _ship_to(row: Row) -> ShipTo:
    return ShipTo(
        name=row.one_line("Shipping Name"),
        company=row.one_line("Shipping Company"),
        street1=row.one_line("Shipping Address1"),
        street2=row.one_line("Shipping Address2"),
        city=row.one_line("Shipping City"),
        state=row.one_line("Shipping Province"),
        zip=row.one_line("Shipping Zip").removeprefix("'"),
        country=row.one_line("Shipping Country").upper(),
        phone=row.one_line("Shipping Phone").removeprefix("'"),
    )
