"""What the fonts built into label printers can show of a text."""

import unicodedata

from anyascii import anyascii

# Beyond these letters they have only boxes.
LAST_PRINTABLE = "\u024f"


def printable(text: str) -> str:
    """Return text as a printer's own font can show it: Latin letters kept, other scripts romanised, on one line."""
    kept = "".join(char if char <= LAST_PRINTABLE else anyascii(char) for char in unicodedata.normalize("NFC", text))
    return " ".join("".join(char if char.isprintable() else " " for char in kept).split())
