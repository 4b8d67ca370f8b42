"""What floor templates say besides `say`: words that stand bare in the markup or in a macro's parameters."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from tests.house.source import ROOT

_DESK = ("desk.html", "board.html", "board_swap.html", "desk_swap.html", "forms.html")
_FOLDERS = ("picking", "packing", "shipping", "signing_in", "partials", "layouts", "errors")
_SAYS = frozenset({"say", "say_some"})
_SPOKEN = frozenset({"alt", "aria-label", "placeholder", "title"})
_A_WORD = re.compile(r"[A-Za-z]{2,}")
# A sentence or a word for people, no name of an icon, a class or an attribute.
_FOR_PEOPLE = re.compile(r"[A-Za-z]{2,} |\b[A-Z][a-z]|\b[A-Z]{2,}")
_GAP = "\0"
_A_CLASS = "surface"  # the block that names a class
_NO_WORDS = (nodes.Compare, nodes.Extends, nodes.FromImport, nodes.Include)
_SAID_EVERYWHERE = frozenset({"OK"})


def floor_templates() -> tuple[Path, ...]:
    """Return the templates that floor pages are made of."""
    found = [path for folder in _FOLDERS for path in (ROOT / "templates" / folder).glob("*.html")]
    return (ROOT / "templates" / "macros.html", *(path for path in sorted(found) if path.name not in _DESK))


def bare_words(path: Path) -> list[str]:
    """Return what a template says that no catalog can translate."""
    tree = Environment(autoescape=True).parse(path.read_text())
    markup = _Markup("".join(_text(tree)))
    return [*markup.words, *(text for text in _constants(tree) if _FOR_PEOPLE.search(text))]


class _Markup(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(markup)

    def _hear(self, text: str) -> None:
        self.words += [word for word in _A_WORD.findall(text) if word not in _SAID_EVERYWHERE]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser names it
        for name, value in attrs:
            if name in _SPOKEN:
                self._hear(value or "")

    def handle_data(self, data: str) -> None:
        self._hear(data)


def _text(node: nodes.Node) -> Iterator[str]:
    """Yield a template's own text in its order, a gap where an expression writes something."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Expr):
        yield _GAP
    elif not (isinstance(node, nodes.Block) and node.name == _A_CLASS):
        for child in node.iter_child_nodes():
            yield from _text(child)


def _constants(node: nodes.Node) -> Iterator[str]:
    """Yield the strings that stand in expressions outside of `say`."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in _SAYS:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    if not isinstance(node, _NO_WORDS):
        for child in node.iter_child_nodes(exclude=("key",)):
            yield from _constants(child)
