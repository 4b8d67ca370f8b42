"""Compiled functions are kept on disk, and forgotten when anything they are made of changes."""

from pathlib import Path

import pytest

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
