"""A folder of instances: its files, its format, and what is known of each."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.batching import foodmart, henn, mainz
from tests.benchmarks.batching.instances import Instance

FORMATS = ("mainz", "henn", "foodmart")
_SETTINGS, _KNOWN = "set.json", "best_known.csv"


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is published of one instance: the best cost, whether it is the least, a lower bound, others' results."""

    cost: float
    is_proven: bool
    bound: float | None
    others: dict[str, tuple[float, float]]
    """Cost and seconds by the name of a published heuristic."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceSet:
    """The files of a folder, named as `best_known.csv` names them, and how to read one."""

    folder: Path
    files: list[str]
    known: dict[str, Known]
    read: Callable[[Path], Instance]

    def known_of(self, file: str) -> Known | None:
        """Return what is known of a file, by its place or else by its name alone."""
        name = file.rpartition("/")[2]
        return self.known.get(file) or next(
            (one for key, one in self.known.items() if key.rpartition("/")[2] == name), None
        )


def instance_set(
    folder: Path, *, file_format: str | None, end_distance: float | None, limit: int | None
) -> InstanceSet:
    """Look through a folder; what is not given comes from its set.json. ValueError where there is nothing to plan."""
    folder = folder.resolve()
    home = _home(folder)
    settings: dict[str, Any] = json.loads((home / _SETTINGS).read_text()) if (home / _SETTINGS).exists() else {}
    file_format = file_format or settings.get("format", FORMATS[0])
    if file_format not in FORMATS:
        raise ValueError(f"Format {file_format} is none of {', '.join(FORMATS)}.")
    if end_distance is None:
        end_distance = settings.get("end_distance")
    encoding = settings.get("encoding", "latin-1")
    inside = folder / "instances" if (folder / "instances").is_dir() else folder
    files = sorted(
        str(path.relative_to(home).as_posix())
        for path in inside.rglob("*.txt")
        if not path.name.lower().startswith("readme")
    )
    if not files:
        raise ValueError(f"{folder} holds no instances: name a folder of .txt files.")
    return InstanceSet(
        folder=home,
        files=spread(files, limit),
        known=_known(home / _KNOWN),
        read=lambda path: _read(path, file_format, encoding, end_distance),
    )


def spread(files: list[str], limit: int | None) -> list[str]:
    """Take so many files, at even distances over the whole list."""
    if limit is None or limit >= len(files):
        return files
    return [files[index * len(files) // limit] for index in range(limit)]


def _home(folder: Path) -> Path:
    """Return the folder, or the one above it, that says what is known of the files; else the folder itself."""
    above = [folder, *folder.parents[:2]]
    return next((home for home in above if (home / _KNOWN).exists() or (home / _SETTINGS).exists()), folder)


def _read(path: Path, file_format: str, encoding: str, end_distance: float | None) -> Instance:
    text = path.read_text(encoding=encoding)
    if file_format == "henn":
        return henn.read(text, name=path.name, end_distance=end_distance)
    if file_format == "foodmart":
        return foodmart.read(text)
    return mainz.read(text, end_distance=end_distance)


def _known(path: Path) -> dict[str, Known]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["file"]: _known_of(row) for row in csv.DictReader(file)}


def _known_of(row: dict[str, str]) -> Known:
    others = {
        name.removesuffix("_heuristic"): (float(value), float(row[name.removesuffix("heuristic") + "seconds"]))
        for name, value in row.items()
        if name.endswith("_heuristic") and value
    }
    return Known(
        cost=float(row["bks_optimal_routing"]),
        is_proven=row.get("proven_optimal") == "True",
        bound=float(row["lower_bound"]) if row.get("lower_bound") else None,
        others=others,
    )
