"""Records of CSV files: their lines, and what survives a slip."""

import csv
import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from wms.channels.records import BrokenRecord, records, table, unstorable

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4).filter(any), max_size=8)


def _written(rows: list[list[str]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return file.getvalue()


@given(ROWS)
def test_what_was_written_is_read_again(rows: list[list[str]]) -> None:
    read = list(records(io.StringIO(_written(rows), newline="")))
    assert [list(record.cells) for record in read if not isinstance(record, BrokenRecord)] == rows


def test_a_record_is_known_by_the_physical_line_it_begins_on() -> None:
    text = 'a,b\n1,"two\nlines"\n"2\r\n\r\nmore",x\n3,y\n'
    read = list(records(io.StringIO(text, newline="")))
    assert [item.line for item in read if not isinstance(item, BrokenRecord)] == [1, 2, 4, 7]


def test_an_open_quotation_mark_costs_one_line_and_not_the_file() -> None:
    read = list(records(io.StringIO('a,b\n1,"never closed\n2,x\n3,y\n', newline="")))
    broken = [item for item in read if isinstance(item, BrokenRecord)]
    assert [item.record.line for item in broken] == [2]
    assert [(item.line, item.cells) for item in read if not isinstance(item, BrokenRecord)] == [
        (1, ("a", "b")),
        (3, ("2", "x")),
        (4, ("3", "y")),
    ]


def test_blank_lines_are_no_records_but_count_as_lines() -> None:
    read = list(records(io.StringIO("a\n\n\nb\n", newline="")))
    assert [item.line for item in read if not isinstance(item, BrokenRecord)] == [1, 4]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    _ = file.write_bytes("﻿sku,name\n".encode())
    with table(file) as (header, _):
        assert header == ("sku", "name")


def test_bytes_that_are_no_utf_8_are_found_and_not_fatal(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    _ = file.write_bytes(b"sku\nM\xfcller\n")
    with table(file) as (_, items):
        (record,) = items
    assert not isinstance(record, BrokenRecord)
    assert unstorable(record.cells[0]) == "is not UTF-8 text"
    assert unstorable("a\0b") == "holds a NUL character"
    assert unstorable("Müller 李") is None
