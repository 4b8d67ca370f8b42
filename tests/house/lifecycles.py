"""The page docs/lifecycles.md, drawn from the tables: `python -m tests.house.lifecycles` writes it anew."""

import importlib
import pkgutil

import wms.domain
from tests.house.source import ROOT
from wms.domain.lifecycle import Lifecycle, mermaid

PAGE = ROOT / "docs" / "lifecycles.md"
_HEAD = """# Lifecycles

Which status may follow which. Drawn from the tables in `wms/domain`; after a change run
`python -m tests.house.lifecycles`.
"""


def page() -> str:
    """Return the page: one diagram for each lifecycle of the domain, by kind."""
    modules = [
        importlib.import_module(f"wms.domain.{module.name}") for module in pkgutil.iter_modules(wms.domain.__path__)
    ]
    found = {value.kind: value for module in modules for value in vars(module).values() if isinstance(value, Lifecycle)}
    sections = [f"\n## {kind.capitalize()}\n\n```mermaid\n{mermaid(found[kind])}\n```\n" for kind in sorted(found)]
    return _HEAD + "".join(sections)


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    _ = PAGE.write_text(page())
