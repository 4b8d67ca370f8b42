"""A page as a person reads it: the screen's data attributes, the verdict, words, and the forms one could send."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "use", "wbr"})


@dataclass(kw_only=True, slots=True)
class Node:
    """An element with its attributes, and in `parts` what stands inside it: text and elements."""

    tag: str
    attributes: dict[str, str]
    parts: "list[str | Node]" = field(default_factory=list)

    def all(self, tag: str = "", has: str = "") -> "Iterator[Node]":
        """Yield the elements inside, of a tag and with an attribute where given, in the page's order."""
        for part in self.parts:
            if isinstance(part, Node):
                if tag in {"", part.tag} and (not has or has in part.attributes):
                    yield part
                yield from part.all(tag, has)

    @property
    def words(self) -> str:
        """The text inside, with single spaces."""
        return " ".join(" ".join(part if isinstance(part, str) else part.words for part in self.parts).split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A posting form: where it goes and what its hidden fields say."""

    action: str
    fields: dict[str, str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node(tag="", attributes={})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag=tag, attributes={name: value or "" for name, value in attrs})
        self._open[-1].parts.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].parts.append(Node(tag=tag, attributes={name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].parts.append(data)


class Page:
    """One answer of the server, whole page or swapped parts."""

    def __init__(self, html: str) -> None:
        reader = _Reader()
        reader.feed(html)
        self.root = reader.root
        self._by_id = {node.attributes["id"]: node for node in self.root.all(has="id")}

    def _data(self, element_id: str, name: str) -> str:
        node = self._by_id.get(element_id)
        return node.attributes.get(f"data-{name}", "") if node else ""

    @property
    def screen(self) -> str:
        """The floor screen's name, '' for a page that is none."""
        return self._data("screen", "screen")

    @property
    def token(self) -> str:
        """The token of the task on screen."""
        return self._data("screen", "token")

    @cached_property
    def accept(self) -> tuple[str, ...]:
        """The codes that would be right; empty for a blind screen too."""
        return tuple(json.loads(self._data("screen", "accept") or "[]"))

    @property
    def tone(self) -> str:
        """The verdict's tone: none, info, ok, warn or wrong."""
        return self._data("feedback", "tone")

    @property
    def said(self) -> str:
        """The verdict's words."""
        node = self._by_id.get("feedback")
        return node.words if node else ""

    @property
    def csrf(self) -> str:
        """The session's CSRF token as this page carries it."""
        token = self._data("ask", "csrf")
        fields = (node.attributes for node in self.root.all("input", "name"))
        return token or next((one.get("value", "") for one in fields if one["name"] == "csrf_token"), "")

    @cached_property
    def state(self) -> str:
        """What the instruction depends on where a screen has several, in whatever language it is."""
        return next((node.attributes["data-state"] for node in self.root.all("h1", "data-state")), "")

    @cached_property
    def scale(self) -> str:
        """How the page says that its station's scale stands; '' where there is none."""
        return next((node.attributes["data-scale"] for node in self.root.all("p", "data-scale")), "")

    @property
    def shared_totes(self) -> list[str]:
        """The totes from which items are scanned, as several orders share them."""
        return [code for node in self.root.all("div", "data-shared") for code in node.attributes["data-shared"].split()]

    @property
    def totes_to_sort(self) -> list[str]:
        """The totes named that wait for the put wall."""
        return [
            code for node in self.root.all("dd", "data-to-sort") for code in node.attributes["data-to-sort"].split()
        ]

    @property
    def told(self) -> int:
        """The number in the instruction ("PUT 3 IN"); 0 for none."""
        words = " ".join(node.words for node in self.root.all("h1"))
        return next((int(word) for word in words.split() if word.isdigit()), 0)

    @property
    def asked(self) -> int:
        """The units that the screen asks for, in large type; 0 for none."""
        for node in self.root.all("p", "class"):
            if "quantity" in node.attributes["class"].split():
                return int(next(part.words for part in node.all("b")))
        return 0


def form_of(node: Node) -> Form:
    """Read a form's action and its named inputs."""
    fields = {one.attributes["name"]: one.attributes.get("value", "") for one in node.all("input", "name")}
    return Form(action=node.attributes.get("action", ""), fields=fields)
