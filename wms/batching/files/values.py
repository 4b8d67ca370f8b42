"""Values of a JSON document that know where they stand, so that an error names the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from wms.batching.errors import InvalidProblemError
from wms.batching.problem import LARGEST


@dataclass(frozen=True, slots=True)
class Value:
    """A value and its place ("orders[3].totes"); each method says what it should be and raises InvalidProblemError."""

    held: Any
    where: str

    def refuse(self, fault: str) -> NoReturn:
        """Say what is wrong here."""
        raise InvalidProblemError(self.where or "file", fault)

    def fields(self, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, "Value"]:
        """Return an object's fields that are given; none may lack, and none may be unknown."""
        given = self._object()
        for name in needed:
            if name not in given:
                self.inside(name).refuse("is missing")
        for name in given:
            if name not in needed and name not in optional:
                self.inside(name).refuse(f"is no field here; there are {', '.join(needed + optional)}")
        return {name: Value(held, self._path(name)) for name, held in given.items()}

    def entries(self) -> dict[str, "Value"]:
        """Return an object whose names are free."""
        return {name: Value(held, f"{self.where}[{name!r}]") for name, held in self._object().items()}

    def each(self) -> list["Value"]:
        """Return a list's elements."""
        if not isinstance(self.held, list):
            self.refuse("must be a list")
        return [Value(held, f"{self.where}[{index}]") for index, held in enumerate(self.held)]

    def pair(self) -> tuple["Value", "Value"]:
        """Return the elements of a list of two."""
        elements = self.each()
        if len(elements) != 2:  # noqa: PLR2004 - a pair
            self.refuse("must be a list of two")
        return elements[0], elements[1]

    def number(self) -> float:
        """Return a number, never one that is not finite."""
        if isinstance(self.held, bool) or not isinstance(self.held, int | float):
            self.refuse("must be a number")
        # A whole number of JSON may have any number of digits: it is compared before it is turned into a float.
        if not -LARGEST <= self.held <= LARGEST:
            self.refuse(f"must be a number, {LARGEST} at most")
        return float(self.held)

    def whole(self) -> int:
        """Return a whole number."""
        number = self.number()
        if number != int(number):
            self.refuse("must be a whole number")
        return int(number)

    def text(self) -> str:
        """Return a text that is not empty."""
        if not isinstance(self.held, str) or not self.held:
            self.refuse("must be a text")
        return self.held

    def name(self) -> str | int:
        """Return what an order, a picker, a product or a zone is called: a text or a whole number."""
        if isinstance(self.held, str) and self.held:
            return self.held
        if isinstance(self.held, bool) or not isinstance(self.held, int):
            self.refuse("must be a text or a whole number")
        return self.held

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.held, bool):
            self.refuse("must be true or false")
        return self.held

    def number_or_none(self) -> float | None:
        """Return a number, or None for null."""
        return None if self.held is None else self.number()

    def whole_or_none(self) -> int | None:
        """Return a whole number, or None for null."""
        return None if self.held is None else self.whole()

    def name_or_none(self) -> str | int | None:
        """Return what something is called, or None for null."""
        return None if self.held is None else self.name()

    def inside(self, name: str) -> "Value":
        """Return the place of a field, whether it is there or not."""
        return Value(None, self._path(name))

    def _path(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def _object(self) -> Mapping[str, Any]:
        if not isinstance(self.held, dict):
            self.refuse("must be an object with named fields")
        return self.held
