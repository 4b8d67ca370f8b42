"""Zebra's answers as its manual writes them, read field by field."""

import pytest

from printers.status import (
    GarbledError,
    Notice,
    Trouble,
    is_whole_host_status,
    parse_both,
    parse_host_query,
    parse_host_status,
    parse_setting,
)

SECOND = b"\x02000,0,0,0,1,2,4,0,00000000,1,000\x03\r\n"
THIRD = b"\x021234,0\x03\r\n"
# ZPL II Programming Guide, ~HS: aaa,b,c,dddd,eee,f,g,h,iii,j,k,l then mmm,n,o,p,q,r,s,t,uuuuuuuu,v,www then xxxx,y.
READY = b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n" + SECOND + THIRD


def test_a_ready_printer_has_no_trouble() -> None:
    status = parse_host_status(READY)
    assert (status.troubles, status.is_idle, status.partial_format) == ((), True, False)


@pytest.mark.parametrize(
    ("first", "trouble"),
    [
        (b"030,1,0,1245,000,0,0,0,000,0,0,0", Trouble.PAPER_OUT),
        (b"030,0,1,1245,000,0,0,0,000,0,0,0", Trouble.PAUSED),
        (b"030,0,0,1245,000,1,0,0,000,0,0,0", Trouble.BUFFER_FULL),
        (b"030,0,0,1245,000,0,0,0,000,1,0,0", Trouble.MEMORY_LOST),
        (b"030,0,0,1245,000,0,0,0,000,0,1,0", Trouble.UNDER_TEMPERATURE),
        (b"030,0,0,1245,000,0,0,0,000,0,0,1", Trouble.OVER_TEMPERATURE),
    ],
)
def test_each_flag_of_the_first_frame_is_its_own_trouble(first: bytes, trouble: Trouble) -> None:
    assert parse_host_status(b"\x02" + first + b"\x03\r\n" + SECOND + THIRD).troubles == (trouble,)


@pytest.mark.parametrize(
    ("second", "trouble"),
    [
        (b"000,0,1,0,1,2,4,0,00000000,1,000", Trouble.HEAD_OPEN),
        (b"000,0,0,1,1,2,4,0,00000000,1,000", Trouble.RIBBON_OUT),
    ],
)
def test_each_flag_of_the_second_frame_is_its_own_trouble(second: bytes, trouble: Trouble) -> None:
    assert parse_host_status(READY.replace(SECOND, b"\x02" + second + b"\x03\r\n")).troubles == (trouble,)


def test_waiting_formats_and_labels_are_counted() -> None:
    reply = b"\x02030,0,0,1245,007,0,0,1,000,0,0,0\x03\r\n\x02000,0,0,0,1,2,4,0,00000012,1,000\x03\r\n" + THIRD
    status = parse_host_status(reply)
    assert (status.formats_waiting, status.labels_remaining, status.partial_format) == (7, 12, True)
    assert not status.is_idle


def test_an_answer_is_whole_only_with_its_third_frame() -> None:
    assert [is_whole_host_status(READY[:length]) for length in (0, 30, len(READY) - 3, len(READY) - 2)] == [
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "reply", [b"", b"hello", b"\x02a,b\x03\x02\x03\x02\x03", READY.replace(b"1245,000", b"1245,x")]
)
def test_a_garbled_answer_is_named_not_guessed(reply: bytes) -> None:
    with pytest.raises(GarbledError) as garbled:
        _ = parse_host_status(reply)
    assert garbled.value.reply == reply


@pytest.mark.parametrize("gap", ["\r\n", "\r\n\r\n   ", " \n"])
def test_the_error_bits_are_found_on_whatever_line_they_stand(gap: str) -> None:
    reply = f"\x02{gap}PRINTER STATUS{gap}ERRORS: 1 00000000 00010005{gap}WARNINGS: 1 00000000 00000008{gap}\x03"
    query = parse_host_query(reply.encode())
    assert query.troubles == (Trouble.PAPER_OUT, Trouble.HEAD_OPEN, Trouble.PAUSED)
    assert query.notices == (Notice.PAPER_LOW,)


def test_a_query_without_its_two_lines_is_garbled() -> None:
    with pytest.raises(GarbledError):
        _ = parse_host_query(b"ERRORS: 0 00000000 00000000")


# ZPL II Programming Guide, ~HQ, the tables of error and warning flags, by group 1 of each line.
@pytest.mark.parametrize(
    ("errors", "trouble"),
    [
        ("00000001", Trouble.PAPER_OUT),
        ("00000002", Trouble.RIBBON_OUT),
        ("00000004", Trouble.HEAD_OPEN),
        ("00000008", Trouble.CUTTER),
        ("00000010", Trouble.OVER_TEMPERATURE),
        ("00000020", Trouble.MOTOR_HOT),
        ("00000040", Trouble.HEAD_BROKEN),
        ("00000080", Trouble.HEAD_BROKEN),
        ("00000200", Trouble.HEAD_BROKEN),
        ("00010000", Trouble.PAUSED),
    ],
)
def test_each_error_flag_is_its_own_trouble(errors: str, trouble: Trouble) -> None:
    reply = f"ERRORS: 1 00000000 {errors}\r\nWARNINGS: 0 00000000 00000000".encode()
    assert parse_host_query(reply).troubles == (trouble,)


@pytest.mark.parametrize(
    ("warnings", "notice"),
    [
        ("00000001", Notice.CALIBRATE),
        ("00000002", Notice.CLEAN_HEAD),
        ("00000004", Notice.REPLACE_HEAD),
        ("00000008", Notice.PAPER_LOW),
    ],
)
def test_each_warning_flag_is_its_own_notice(warnings: str, notice: Notice) -> None:
    reply = f"ERRORS: 0 00000000 00000000\r\nWARNINGS: 1 00000000 {warnings}".encode()
    assert parse_host_query(reply).notices == (notice,)


def query(errors: int, warnings: int = 0) -> bytes:
    return f"\x02\r\n ERRORS: 1 00000000 {errors:08X}\r\n WARNINGS: 1 00000000 {warnings:08X}\r\n\x03\r\n".encode()


@pytest.mark.parametrize(
    "reply", [query(0x9, 0x8) + READY, READY + query(0x9, 0x8), query(0x2) + query(0x9, 0x8) + READY]
)
def test_both_answers_are_read_in_whatever_order_and_with_a_late_one_between(reply: bytes) -> None:
    status = parse_both(reply.replace(b"030,0,", b"030,1,"))
    assert (status.troubles, status.notices) == ((Trouble.PAPER_OUT, Trouble.CUTTER), (Notice.PAPER_LOW,))


def test_without_an_answer_to_the_error_query_the_host_status_counts() -> None:
    assert parse_both(READY.replace(b"030,0,0,", b"030,0,1,")).troubles == (Trouble.PAUSED,)


def test_an_answer_to_the_error_query_is_no_frame_of_the_host_status() -> None:
    first_two = READY.removesuffix(THIRD)
    assert not is_whole_host_status(query(0x9) + first_two)
    assert is_whole_host_status(query(0x9) + READY)
    with pytest.raises(GarbledError):
        _ = parse_both(query(0x9))


@pytest.mark.parametrize(("reply", "value"), [(b'"1234"', 1234), (b'"?"', None), (b"", None)])
def test_a_setting_is_a_number_or_not_known(reply: bytes, value: int | None) -> None:
    assert parse_setting(reply) == value
