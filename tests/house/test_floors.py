"""What the floors promise one another: a template a screen, diagrams that are true, contracts kept."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import wms.services
from tests.house import lifecycles
from tests.house.source import ROOT, files, imported, place
from tests.screens import kinds


def test_every_screen_has_its_template() -> None:
    for module in pkgutil.walk_packages(wms.services.__path__, "wms.services."):
        _ = importlib.import_module(module.name)
    screens = list(kinds())
    assert screens
    templates = [ROOT / "templates" / object.__new__(screen).template for screen in screens]
    assert [str(template.relative_to(ROOT)) for template in templates if not template.is_file()] == []


def test_the_lifecycle_diagrams_are_drawn_from_the_tables() -> None:
    assert lifecycles.PAGE.read_text() == lifecycles.page()


def test_nobody_imports_upwards() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    check = subprocess.run([program, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout


@pytest.mark.parametrize(
    ("folder", "allowed"),
    [
        ("wms/batching", ("highspy", "llvmlite", "numba", "numpy", "wms.batching")),
        ("wms/domain", ("sqlalchemy", "wms.domain")),
    ],
)
def test_a_pure_floor_imports_little_beyond_the_standard_library(folder: str, allowed: tuple[str, ...]) -> None:
    strangers = [
        f"{place(path, line)} {module}"
        for path in files(".py")
        if path.is_relative_to(ROOT / folder)
        for line, module in imported(path)
        if module.partition(".")[0] not in sys.stdlib_module_names
        and not any(f"{module}.".startswith(f"{name}.") for name in allowed)
    ]
    assert strangers == []
