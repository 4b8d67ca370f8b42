"""The words on a drawn page."""

import re


def texts(page: bytes) -> list[str]:
    """What a page says to people, top to bottom."""
    found = re.findall(rb"\^FO(\d+),(\d+)\^A0.*?\^FD(.*?)\^FS", page)
    return [text.decode() for _, _, text in sorted(found, key=lambda field: (int(field[1]), int(field[0])))]
