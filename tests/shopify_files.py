"""Makes order exports as Shopify writes them: any number of orders, any of them broken."""

import csv
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_COLUMNS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Phone,Receipt Number"
)
ORDER_COLUMNS = _COLUMNS.split(",")

NAMES = (
    "Ada Lovelace",
    "José Núñez",
    "محمد بن سلمان",
    "李小龍",
    "O'Brien, Pat",
    'Bob "The Box" Smith',
    "Zoë ^XZ~JA Faß",
)
BREAKS: tuple[Mapping[str, str], ...] = (
    {"Lineitem sku": "NOT-OURS"},
    {"Lineitem sku": ""},
    {"Lineitem quantity": "-3"},
    {"Lineitem quantity": "0"},
    {"Lineitem quantity": "1.5"},
    {"Lineitem quantity": "two"},
    {"Created at": "yesterday"},
    {"Created at": "2026-11-31 10:00:00 -0500"},
    {"Lineitem price": "free"},
    {"Lineitem name": "A\0B"},
)


def order(number: int, *lines: tuple[str, int], **changes: str) -> list[dict[str, str]]:
    """The rows of a paid, unfulfilled order for (sku, quantity) lines; `changes` to its first row, `Risk_Level=...`."""
    first = {
        "Name": f"#{number}",
        "Email": f"c{number}@example.com",
        "Financial Status": "paid",
        "Paid at": "2026-11-22 10:00:07 -0500",
        "Fulfillment Status": "unfulfilled",
        "Currency": "USD",
        "Total": "14.90",
        "Shipping Method": "Standard",
        "Created at": "2026-11-22 10:00:00 -0500",
        "Shipping Name": NAMES[number % len(NAMES)],
        "Shipping Street": "1 Main St\nApt 2",
        "Shipping Address1": "1 Main St",
        "Shipping Address2": "Apt 2",
        "Shipping City": "São Paulo",
        "Shipping Zip": "'01234",
        "Shipping Province": "CA",
        "Shipping Country": "US",
        "Notes": 'He said "leave it"\nat the door',
        "Id": str(5_000_000_000_000 + number),
        "Risk Level": "Low",
    }
    first |= {column.replace("_", " "): value for column, value in changes.items()}
    rows = [{"Name": first["Name"], "Email": first["Email"]} for _ in lines]
    rows[0] = first | {key: value for key, value in rows[0].items() if key not in first}
    for row, (sku, quantity) in zip(rows, lines, strict=True):
        item = {
            "Lineitem quantity": str(quantity),
            "Lineitem name": f"Thing {sku}",
            "Lineitem price": "99.54",
            "Lineitem sku": sku,
            "Lineitem requires shipping": "true",
            "Lineitem fulfillment status": "pending",
        }
        row |= {column: value for column, value in item.items() if column not in row}
    return rows


def orders(count: int, skus: Sequence[str], *, broken: int = 0, seed: int = 1) -> list[dict[str, str]]:
    """The rows of `count` orders of one to four lines, of which `broken` hold one bad row each."""
    dice = random.Random(seed)  # noqa: S311 - test data
    bad = set(dice.sample(range(count), broken))
    made: list[dict[str, str]] = []
    for number in range(count):
        lines = [(dice.choice(skus), dice.randint(1, 3)) for _ in range(dice.randint(1, 4))]
        rows = order(100_000 + number, *lines)
        if number in bad:
            change = dice.choice(BREAKS)
            (rows[0] if "Created at" in change else dice.choice(rows)).update(change)
        made += rows
    return made


def write(path: Path, rows: Iterable[Mapping[str, str]], *, mark: bool = False) -> Path:
    """Write rows as a CSV file with all of Shopify's columns and any others, with a byte order mark if `mark`."""
    with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
        # A lone carriage return ends a record unless it is quoted, which Python's writer does only from 3.13 on.
        rows = list(rows)
        has_return = any("\r" in value for row in rows for value in row.values())
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL if has_return else csv.QUOTE_MINIMAL)
        columns = list(dict.fromkeys([*ORDER_COLUMNS, *(column for row in rows for column in row)]))
        _ = writer.writerow(columns)
        writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return path
