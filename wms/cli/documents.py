"""JSON files as commands read them."""

import json
from pathlib import Path
from typing import Any

from wms.domain.errors import BadInputError


def read(path: Path) -> Any:
    """Return what a file holds as `json.loads` gives it; BadInputError says why it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise BadInputError(f"{path} is no JSON: {error.msg} in line {error.lineno}.") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is no UTF-8 text: save it as UTF-8.") from error
    except RecursionError as error:
        raise BadInputError(f"{path} is nested too deeply to be read.") from error
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}.") from error
