"""Where the templates and the static files are: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def resource_dir(name: str) -> Path:
    """Return the folder `templates` or `static`, as a wheel and a checkout each lay it."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
