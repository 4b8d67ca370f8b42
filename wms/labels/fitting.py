"""Make a text as tall as its room allows."""

# Capitals of Zebra's scalable font 0 (a bold condensed face) are on average less wide than this for their height.
WIDTH_PER_HEIGHT = 0.62
SMALLEST_DOTS = 20


def fitted(text: str, *, width_dots: int, tallest_dots: int) -> tuple[str, int]:
    """Return the text and its height in dots so that one line fits `width_dots`; only what is far too long is cut."""
    line = " ".join(text.split())
    height = min(tallest_dots, int(width_dots / (WIDTH_PER_HEIGHT * max(len(line), 1))))
    if height >= SMALLEST_DOTS:
        return line, height
    room = int(width_dots / (WIDTH_PER_HEIGHT * SMALLEST_DOTS))
    return line[: room - 2] + "..", SMALLEST_DOTS
