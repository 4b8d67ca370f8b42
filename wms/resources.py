"""Where the templates and the static files are: beside the package in a checkout, inside it in a wheel."""

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def resource_dir(name: str) -> Path:
    """Return the folder `templates` or `static`, as a wheel and a checkout each lay it."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def digest_of(folder: Path) -> str:
    """Return twelve hexadecimal digits that change with any file in a folder, the same on every node."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
