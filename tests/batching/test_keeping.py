"""Compiled functions are kept on disk, and forgotten when anything they are made of changes."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from numba import config, njit

from wms.batching.kernel import keeping


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    _ = (tmp_path / "below.py").write_text("")
    _ = (tmp_path / "above.py").write_text("from wms.batching.kernel.below import something\n")
    _ = (tmp_path / "aside.py").write_text("")
    monkeypatch.setattr(keeping, "KERNEL", tmp_path)
    return tmp_path


def stamp(name: str) -> str:
    keeping.stamp_of.cache_clear()
    return keeping.stamp_of(name)


def test_a_change_below_a_file_forgets_its_functions_and_a_change_aside_does_not(kernel: Path) -> None:
    before = {name: stamp(name) for name in ("above", "below", "aside")}
    _ = (kernel / "below.py").write_text("something = 1\n")
    after = {name: stamp(name) for name in ("above", "below", "aside")}
    assert {name for name in before if before[name] != after[name]} == {"above", "below"}


def compiled_anew(name: str) -> Callable[..., int]:
    """The function of a file of the kernel, as a new process would have it."""
    keeping.stamp_of.cache_clear()
    _ = sys.modules.pop(name, None)
    made: Callable[..., int] = keeping.kept(njit(import_module(name).first))
    return made


def test_what_names_a_class_that_has_moved_is_compiled_anew(kernel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(kernel)
    monkeypatch.setattr(config, "CACHE_DIR", str(kernel / "kept"))
    source = "import typing\n\nclass {0}(typing.NamedTuple):\n    one: int\n\ndef first(pair):\n    return pair.one\n"
    _ = (kernel / "moving.py").write_text(source.format("Before"))
    first = compiled_anew("moving")
    assert first(sys.modules["moving"].Before(7)) == 7
    _ = (kernel / "moving.py").write_text(source.format("Afterwards"))
    first = compiled_anew("moving")
    assert first(sys.modules["moving"].Afterwards(8)) == 8
