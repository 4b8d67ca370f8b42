"""From-to ranges as people write them: by name (A01-01 to A03-99), by our own code, or by its number (1 to 200)."""

import re
from dataclasses import dataclass

from wms.domain.codes import OWN, CodeKind, check_digit, clean, number_of, own_code, parse
from wms.domain.errors import BadInputError

# A text with its numbers apart, so that A2 comes before A10: text and number by turns, beginning with text.
Parts = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """Names, or the numbers in our own codes, from `first` to `last`, both included; an end may be open (None)."""

    first: Parts | None = None
    last: Parts | None = None
    by_number: bool = False

    def holds(self, name: str, code: str) -> bool:
        """Tell whether a thing with this name and code lies in the range; one that begins as the last ends does."""
        key = _number(code) if self.by_number else parts(name)
        is_after = self.first is None or key >= self.first
        return is_after and (self.last is None or _beginning(key, self.last) <= self.last)


def parts(text: str) -> Parts:
    """Return a text as names are sorted: its numbers count as numbers, capital and small letters are the same."""
    found = re.split(r"([0-9]+)", text.upper())
    return tuple(int(part) if number % 2 else part for number, part in enumerate(found) if part or number == 0)


def read(first: str, last: str, counted: CodeKind | None, *, named: bool = True) -> Range:
    """Read both ends of a range, '' for an open one; BadInputError says what is wrong with them.

    `counted`: the kind of code that the things carry and that counts them. `named`: they have names besides.
    """
    ends = {text: _end(clean(text), counted, named=named) for text in (first, last) if text.strip()}
    if len({by_number for by_number, _ in ends.values()}) > 1:
        raise BadInputError(f"From {first} to {last}: write two names, or two codes or numbers.")
    found = Range(
        first=ends[first][1] if first in ends else None,
        last=ends[last][1] if last in ends else None,
        by_number=any(by_number for by_number, _ in ends.values()),
    )
    if found.first is not None and found.last is not None and _beginning(found.first, found.last) > found.last:
        raise BadInputError(f"{first.strip()} comes after {last.strip()}. Swap them.")
    return found


def _number(code: str) -> Parts:
    return parts(str(number_of(parse(code))))


def _beginning(key: Parts, last: Parts) -> Parts:
    """Return as much of a name as the end of a range says: A03 takes in A03-99-B2, and M takes in MUG."""
    head = key[: len(last)]
    if len(head) == len(last) and isinstance(head[-1], str) and isinstance(last[-1], str):
        return (*head[:-1], head[-1][: len(last[-1])])
    return head


def _end(text: str, counted: CodeKind | None, *, named: bool) -> tuple[bool, Parts]:
    """Return whether an end is a number in our codes, and that number or the name, in parts."""
    code = parse(text)
    if code.kind is counted:
        return True, _number(text)
    # Addresses of locations may be all digits, so there a number is a name.
    if counted not in {None, CodeKind.LOCATION} and text.isascii() and text.isdigit():
        return True, parts(text)
    if code.kind in {kind for kind, _ in OWN.values()}:
        raise BadInputError(f"{text} is the code of a {code.kind}. Write what this sheet shows.")
    kind, digits = OWN.get(text[:1], (None, 0))
    if kind is not None and kind is counted and re.fullmatch(rf"[0-9]{{{digits}}}", text[1:]):
        raise BadInputError(f"{text} is no {kind} code: its last digit should be {check_digit(text[1:-1])}.")
    if counted is not None and not named:
        such = "N12" if counted is CodeKind.QUANTITY else own_code(counted, 1)
        raise BadInputError(f"{text} is no {counted}. Write a number, or a code such as {such}.")
    return False, parts(text)
