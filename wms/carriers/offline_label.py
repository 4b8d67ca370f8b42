"""How the offline carrier's label looks: 4x6 in at 203 dpi, laid out like a real one and marked as not paid."""

from printers.lettering import printable
from printers.zpl import FOUR_BY_SIX, Align, Label, code128_width_dots
from wms.carriers.base import Address, ShipmentRequest

LEFT, RIGHT = 20, 792
INSET = 22
TO_TOP, TO_BOTTOM = 520, 812
BARS_TOP, BARS_HEIGHT, BARS_MODULE = 892, 170, 4
# Widths of the printer's scalable font in heights of a character, on the safe side: the printer cuts nothing off,
# it prints what is too long over the last line or past the edge.
WIDE, NARROW, USUAL = 0.8, 0.32, 0.56
WIDE_CHARS, NARROW_CHARS = frozenset("MWmw@%&—"), frozenset("iIjl.,:;'!|()[] ")


def width_dots(text: str, height: int) -> int:
    """Return a width in dots that `text` in characters of `height` dots does not pass."""
    shares = (WIDE if char in WIDE_CHARS else NARROW if char in NARROW_CHARS else USUAL for char in text)
    return round(height * sum(shares))


def cut(text: str, room_dots: int, height: int) -> str:
    """Return `text`, shortened with three dots where it is wider than the room."""
    if width_dots(text, height) <= room_dots:
        return text
    while text and width_dots(text + "...", height) > room_dots:
        text = text[:-1]
    return text.rstrip() + "..."


def wrap(text: str, room_dots: int, height: int) -> list[str]:
    """Return `text` in lines no wider than the room, broken between words, and inside a word too long for a line."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".lstrip()
        if width_dots(joined, height) <= room_dots:
            lines[-1] = joined
            continue
        lines.append("")
        for char in word:
            if width_dots(lines[-1] + char, height) > room_dots:
                lines.append("")
            lines[-1] += char
    return [line for line in lines if line]


def address_lines(address: Address) -> list[str]:
    """Return the lines of an address as its country writes them, without empty ones."""
    if address.country.upper() in {"US", "CA", "AU"}:
        town = f"{address.city} {address.state} {address.zip}"
    else:
        town = f"{address.zip} {address.city} {address.state}"
    lines = (address.name, address.company, address.street1, address.street2, town, address.country.upper())
    return [line for line in map(printable, lines) if line]


def _write(
    label: Label, lines: list[str], x: int, y: int, *, room_dots: int, room_height: int, heights: tuple[int, ...]
) -> None:
    """Write lines in the largest of the given heights in which all fit; in the smallest, what is too long is cut."""
    for height in heights:
        wrapped = [part for line in lines for part in wrap(line, room_dots, height)]
        step = height + height // 5
        if len(wrapped) * step <= room_height:
            break
    else:
        height = heights[-1]
        step = height + height // 5
        wrapped = [cut(line, room_dots, height) for line in lines][: room_height // step]
    for at, line in enumerate(wrapped):
        label.text(x, y + at * step, line, height=height)


def draw(request: ShipmentRequest, *, title: str, tracking_number: str) -> bytes:
    """Return the label of a request as ZPL; `title` is the service in words."""
    label = Label(FOUR_BY_SIX)
    label.box(LEFT, 20, RIGHT - LEFT, 1178, thickness=4)
    _draw_warning(label, title)
    _draw_sender(label, request)
    _draw_receiver(label, request)
    _draw_barcode(label, tracking_number)
    _draw_foot(label, request)
    return label.to_zpl()


def _draw_warning(label: Label, title: str) -> None:
    label.text(LEFT, 52, printable(title)[:1].upper(), height=150, block_width=160, align=Align.CENTRE)
    label.line(LEFT + 160, 20, 172, thickness=4, upright=True)
    label.text(LEFT + 182, 48, "NOT A PAID LABEL", height=66)
    label.text(LEFT + 182, 122, "Not postage: no carrier was paid for this box.", height=27)
    label.text(LEFT + 182, 154, "Made by the offline carrier.", height=27)
    label.box(LEFT, 192, RIGHT - LEFT, 74, thickness=37)
    label.text(
        LEFT, 207, cut(printable(title).upper(), RIGHT - LEFT - 2 * INSET, 50), height=50,
        block_width=RIGHT - LEFT, align=Align.CENTRE, reverse=True,
    )  # fmt: skip


def _draw_sender(label: Label, request: ShipmentRequest) -> None:
    label.text(LEFT + INSET, 284, "FROM", height=22)
    _write(
        label, address_lines(request.from_address), LEFT + INSET, 312,
        room_dots=430, room_height=172, heights=(28, 25, 22),
    )  # fmt: skip
    facts = [
        f"Box {request.box_number} of {request.box_count}" if request.box_count else f"Box {request.box_number}",
        f"{request.parcel.weight_g / 1000:.2f} kg",
        " x ".join(f"{size / 10:g}" for size in _sizes(request)) + " cm",
    ]
    label.line(LEFT + 490, 266, 220, thickness=2, upright=True)
    _write(label, facts, LEFT + 512, 290, room_dots=254, room_height=140, heights=(38, 34, 30, 24))


def _sizes(request: ShipmentRequest) -> tuple[int, int, int]:
    return request.parcel.length_mm, request.parcel.width_mm, request.parcel.height_mm


def _draw_receiver(label: Label, request: ShipmentRequest) -> None:
    label.line(LEFT, 484, RIGHT - LEFT, thickness=4)
    label.text(LEFT + INSET, TO_TOP - 16, "SHIP TO", height=26)
    _write(
        label, address_lines(request.to_address), LEFT + INSET + 40, TO_TOP + 22,
        room_dots=RIGHT - LEFT - 2 * INSET - 60, room_height=TO_BOTTOM - TO_TOP - 22, heights=(46, 42, 38, 34, 30, 26),
    )  # fmt: skip


def _draw_barcode(label: Label, tracking_number: str) -> None:
    label.line(LEFT, TO_BOTTOM + 14, RIGHT - LEFT, thickness=12)
    label.text(
        LEFT, TO_BOTTOM + 42, "TRACKING NUMBER, NOT POSTAGE", height=26, block_width=RIGHT - LEFT, align=Align.CENTRE
    )
    bars = code128_width_dots(tracking_number, module_dots=BARS_MODULE)
    label.code128(
        (label.size.width_dots - bars) // 2, BARS_TOP, tracking_number,
        height=BARS_HEIGHT, module_dots=BARS_MODULE, caption=False,
    )  # fmt: skip
    spaced = " ".join(tracking_number[at : at + 4] for at in range(0, len(tracking_number), 4))
    label.text(LEFT, BARS_TOP + BARS_HEIGHT + 14, spaced, height=32, block_width=RIGHT - LEFT, align=Align.CENTRE)
    label.line(LEFT, 1122, RIGHT - LEFT, thickness=12)


def _draw_foot(label: Label, request: ShipmentRequest) -> None:
    box = f"{request.box_number}/{request.box_count or '-'}"
    _write(
        label, [f"Order {printable(request.order_number)}"], LEFT + INSET, 1150,
        room_dots=RIGHT - LEFT - 2 * INSET - 110, room_height=46, heights=(38, 34, 30, 26, 22),
    )  # fmt: skip
    label.text(RIGHT - 140, 1150, box, height=38, block_width=140 - INSET, align=Align.RIGHT)
