"""However the network cuts the bytes, the printer reads the same."""

from hypothesis import given
from hypothesis import strategies as st

from printers.virtual.stream import Command, Format, Question, StreamParser

PARTS = st.lists(
    st.sampled_from(
        [
            b"^XA^FDone^FS^XZ",
            b"^XA^FX kept ^FS^FDtwo!^FS^PQ3^XZ\r\n",
            b"~HS",
            b"~HQES",
            b"~JA",
            b'! U1 getvar "odometer.total_label_count"\r\n',
            b"noise\r\n",
        ]
    ),
    max_size=8,
)


@given(PARTS, st.data())
def test_a_stream_reads_the_same_however_it_is_cut(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(parts)
    whole = StreamParser().feed(stream)
    cuts = sorted(data.draw(st.lists(st.integers(min_value=0, max_value=len(stream)), max_size=12)))
    parser = StreamParser()
    pieces = [
        piece
        for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for piece in parser.feed(stream[begin:end])
    ]
    assert pieces == whole
    assert sum(isinstance(piece, Format) for piece in whole) == sum(part.startswith(b"^XA") for part in parts)


def test_a_format_keeps_every_byte_it_was_sent_with() -> None:
    zpl = b"^XA^FX a comment ^FS\r\n^FO1,1^FD_C5^FS^PQ2^XZ"
    assert StreamParser().feed(b"junk" + zpl) == [Format(zpl=zpl)]


def test_a_command_inside_a_format_acts_at_once() -> None:
    parser = StreamParser()
    assert parser.feed(b"^XA^FDa~HS") == [Command(name=b"~HS")]
    assert parser.is_partial
    assert parser.feed(b"b^FS^XZ") == [Format(zpl=b"^XA^FDab^FS^XZ")]


def test_cancelling_all_throws_the_unfinished_format_away() -> None:
    assert StreamParser().feed(b"^XA^FDa~JAb^XZ") == [Command(name=b"~JA")]


def test_a_new_start_throws_the_unfinished_format_away() -> None:
    assert StreamParser().feed(b"^XA^FDlost^XA^FDkept^XZ") == [Format(zpl=b"^XA^FDkept^XZ")]


def test_a_question_names_its_setting() -> None:
    assert StreamParser().feed(b'! U1 getvar "a.b"\r\n') == [Question(setting=b"a.b")]
