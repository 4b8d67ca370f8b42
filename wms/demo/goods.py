"""Five hundred products: twenty-five things in twenty colours, each with a drawn picture."""
# ruff: noqa: E501 - a drawing is one line

from collections.abc import Iterator
from dataclasses import dataclass

from wms.domain.codes import check_digit


@dataclass(frozen=True, kw_only=True, slots=True)
class Good:
    """A product to be made: its size in millimetres, weight in grams, GTIN-13, and an SVG picture."""

    sku: str
    name: str
    gtin: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    picture: str


# code -> (name, weight_g, length, width, height, drawing); {c} is the colour, {d} its shade.
_RIM = '<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="7" fill="{{d}}"/>'
_THINGS: dict[str, tuple[str, int, int, int, int, str]] = {
    "MUG": (
        "mug 350 ml",
        340,
        110,
        90,
        100,
        '<rect x="28" y="30" width="54" height="64" rx="8" fill="{c}"/><path d="M82 44h10a14 14 0 0 1 0 34H82" fill="none" stroke="{d}" stroke-width="8"/>'
        + _RIM.format(x=55, y=32, rx=27),
    ),
    "BWL": (
        "bowl",
        410,
        160,
        160,
        70,
        '<path d="M16 48h88a44 40 0 0 1-88 0z" fill="{c}"/><rect x="44" y="88" width="32" height="8" fill="{d}"/>',
    ),
    "PLT": (
        "plate 24 cm",
        520,
        240,
        240,
        25,
        '<circle cx="60" cy="60" r="46" fill="{c}"/><circle cx="60" cy="60" r="30" fill="none" stroke="{d}" stroke-width="4"/>',
    ),
    "BTL": (
        "bottle 750 ml",
        280,
        75,
        75,
        260,
        '<rect x="48" y="10" width="24" height="18" rx="3" fill="{d}"/><path d="M50 28h20l10 18v58a6 6 0 0 1-6 6H46a6 6 0 0 1-6-6V46z" fill="{c}"/>',
    ),
    "JAR": (
        "storage jar",
        450,
        110,
        110,
        150,
        '<rect x="32" y="14" width="56" height="14" rx="4" fill="{d}"/><rect x="28" y="28" width="64" height="78" rx="10" fill="{c}"/>',
    ),
    "TWL": (
        "tea towel",
        90,
        250,
        180,
        15,
        '<rect x="22" y="18" width="76" height="86" fill="{c}"/><path d="M22 34h76M22 88h76" stroke="{d}" stroke-width="6"/>',
    ),
    "BTW": (
        "bath towel",
        480,
        350,
        260,
        70,
        '<rect x="14" y="34" width="92" height="20" rx="10" fill="{c}"/><rect x="14" y="58" width="92" height="20" rx="10" fill="{d}"/><rect x="14" y="82" width="92" height="20" rx="10" fill="{c}"/>',
    ),
    "SOP": (
        "soap bar",
        110,
        85,
        60,
        30,
        '<rect x="20" y="42" width="80" height="46" rx="20" fill="{c}"/><ellipse cx="60" cy="64" rx="24" ry="10" fill="none" stroke="{d}" stroke-width="4"/>',
    ),
    "CDL": (
        "candle",
        300,
        80,
        80,
        110,
        '<rect x="36" y="42" width="48" height="64" rx="4" fill="{c}"/><path d="M60 42V30" stroke="#222" stroke-width="3"/><path d="M60 10c8 10 8 20 0 22c-8-2-8-12 0-22z" fill="#f5a400"/>',
    ),
    "NBK": (
        "notebook A5",
        260,
        210,
        148,
        18,
        '<rect x="28" y="14" width="66" height="92" rx="4" fill="{c}"/><rect x="28" y="14" width="12" height="92" fill="{d}"/>',
    ),
    "PEN": (
        "pen set",
        70,
        150,
        60,
        20,
        '<path d="M30 90 78 18l12 8-48 72-14 6z" fill="{c}"/><path d="M78 18l12 8" stroke="{d}" stroke-width="8"/>',
    ),
    "SCK": (
        "socks, pair",
        60,
        140,
        90,
        30,
        '<path d="M40 14h26v50l26 18a12 12 0 0 1-8 22H70L40 84z" fill="{c}"/><rect x="38" y="14" width="30" height="12" fill="{d}"/>',
    ),
    "TEE": (
        "t-shirt M",
        160,
        280,
        220,
        25,
        '<path d="M38 20h44l26 18-12 22-12-6v50H36V54l-12 6-12-22z" fill="{c}"/><path d="M48 20a12 10 0 0 0 24 0" fill="{d}"/>',
    ),
    "CAP": (
        "cap",
        95,
        200,
        170,
        110,
        '<path d="M24 74a36 40 0 0 1 72 0z" fill="{c}"/><path d="M60 74h50a30 12 0 0 1-50 10z" fill="{d}"/>',
    ),
    "BAG": (
        "tote bag",
        140,
        380,
        300,
        20,
        '<path d="M42 42V30a18 18 0 0 1 36 0v12" fill="none" stroke="{d}" stroke-width="6"/><rect x="24" y="42" width="72" height="64" rx="3" fill="{c}"/>',
    ),
    "UMB": (
        "umbrella",
        390,
        280,
        60,
        60,
        '<path d="M12 62a48 44 0 0 1 96 0z" fill="{c}"/><path d="M60 62v34a9 9 0 0 0 18 0" fill="none" stroke="{d}" stroke-width="6"/>',
    ),
    "LMP": (
        "desk lamp",
        980,
        260,
        180,
        160,
        '<path d="M38 20h44l16 40H22z" fill="{c}"/><rect x="56" y="60" width="8" height="36" fill="{d}"/><rect x="34" y="96" width="52" height="10" rx="5" fill="{d}"/>',
    ),
    "CLK": (
        "wall clock",
        620,
        260,
        260,
        50,
        '<circle cx="60" cy="60" r="46" fill="{c}"/><circle cx="60" cy="60" r="36" fill="#fff"/><path d="M60 36v24l16 10" fill="none" stroke="{d}" stroke-width="5"/>',
    ),
    "VAS": (
        "vase",
        700,
        130,
        130,
        250,
        '<path d="M46 12h28l-6 24c26 16 24 60 4 72H48c-20-12-22-56 4-72z" fill="{c}"/>'
        + _RIM.format(x=60, y=14, rx=14),
    ),
    "PIL": (
        "cushion cover",
        210,
        300,
        250,
        30,
        '<path d="M20 22q40 10 80 0q-8 38 0 76q-40-8-80 0q8-38 0-76z" fill="{c}"/><circle cx="60" cy="60" r="6" fill="{d}"/>',
    ),
    "BLK": (
        "building blocks",
        540,
        240,
        180,
        80,
        '<rect x="18" y="62" width="40" height="40" fill="{c}"/><rect x="62" y="62" width="40" height="40" fill="{d}"/><rect x="40" y="18" width="40" height="40" fill="{c}"/>',
    ),
    "BAL": (
        "play ball",
        180,
        190,
        190,
        190,
        '<circle cx="60" cy="60" r="46" fill="{c}"/><path d="M14 60q46-26 92 0M60 14q-26 46 0 92" fill="none" stroke="{d}" stroke-width="5"/>',
    ),
    "SPN": (
        "serving spoon",
        85,
        300,
        65,
        40,
        '<ellipse cx="42" cy="36" rx="20" ry="26" fill="{c}" transform="rotate(-35 42 36)"/><path d="m54 52 44 52" stroke="{d}" stroke-width="9" stroke-linecap="round"/>',
    ),
    "BRD": (
        "chopping board",
        890,
        360,
        240,
        20,
        '<rect x="26" y="34" width="68" height="74" rx="8" fill="{c}"/><rect x="48" y="10" width="24" height="28" rx="8" fill="{c}"/><circle cx="60" cy="22" r="5" fill="{d}"/>',
    ),
    "GFT": (
        "gift box",
        230,
        220,
        220,
        120,
        '<rect x="20" y="48" width="80" height="56" fill="{c}"/><rect x="14" y="34" width="92" height="18" fill="{d}"/><path d="M60 34v70" stroke="#fff" stroke-width="8"/><path d="M60 34q-26-26-30-8q0 10 30 8q30 2 30-8q-4-18-30 8z" fill="none" stroke="{d}" stroke-width="5"/>',
    ),
}
# code -> (name, colour, shade)
_COLOURS: dict[str, tuple[str, str, str]] = {
    "BLU": ("Blue", "#2f6fc4", "#1d477f"),
    "NVY": ("Navy", "#22335c", "#131d36"),
    "SKY": ("Sky blue", "#7fbfe8", "#4b8fbb"),
    "RED": ("Red", "#c8352f", "#872019"),
    "WIN": ("Wine red", "#7d1f3a", "#4d1123"),
    "ROS": ("Rose", "#e79aae", "#b9667d"),
    "ORG": ("Orange", "#e8822c", "#a95914"),
    "YLW": ("Yellow", "#f0c430", "#b38f12"),
    "GRN": ("Green", "#3f8f4f", "#27602f"),
    "OLV": ("Olive", "#7c8440", "#525828"),
    "MNT": ("Mint", "#8fd3b6", "#5b9e82"),
    "TEA": ("Teal", "#1f8a8a", "#125757"),
    "VIO": ("Violet", "#7a56b3", "#4e3478"),
    "LIL": ("Lilac", "#bda3d9", "#8a6dab"),
    "BRN": ("Brown", "#7a5236", "#4d321f"),
    "SND": ("Sand", "#d8c29a", "#a48f68"),
    "GRY": ("Grey", "#8d9299", "#5b6067"),
    "CHR": ("Charcoal", "#43474d", "#23262a"),
    "BLK": ("Black", "#222222", "#000000"),
    "WHT": ("Cream", "#f1ebdd", "#c0b79f"),
}
_COMPANY = 40_123  # a made-up GS1 company number


def picture(drawing: str, colour: str, shade: str) -> str:
    """Return a whole SVG, 120 units square."""
    body = drawing.format(c=colour, d=shade)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120">{body}</svg>'


def goods() -> Iterator[Good]:
    """Yield the products in a fixed order."""
    number = 0
    for code, (thing, weight_g, length_mm, width_mm, height_mm, drawing) in _THINGS.items():
        for colour_code, (colour_name, colour, shade) in _COLOURS.items():
            number += 1
            body = f"{_COMPANY:07d}{number:05d}"
            yield Good(
                sku=f"{code}-{colour_code}",
                name=f"{colour_name} {thing}",
                gtin=body + check_digit(body),
                weight_g=weight_g,
                length_mm=length_mm,
                width_mm=width_mm,
                height_mm=height_mm,
                picture=picture(drawing, colour, shade),
            )
