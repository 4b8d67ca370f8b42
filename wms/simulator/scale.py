"""The scale of a bench, as a packer uses it: boxes are put on it and taken off."""

from urllib.parse import parse_qs, urlsplit

import requests

from wms.domain.errors import WmsError

_TIMEOUT_S = 10.0


class Scale:
    """A simulated scale at the address that its station keeps; one without a page of its own takes nothing."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        http = parse_qs(parts.query).get("http", [""])[0]
        self._page = f"http://{parts.hostname}:{http}/scale.json" if parts.scheme == "virtual" and http else ""

    @property
    def can_be_used(self) -> bool:
        """Tell whether boxes can be put on it."""
        return bool(self._page)

    def put(self, load_g: int) -> None:
        """Let so much lie on it, 0 for nothing; WmsError where it does not answer."""
        try:
            answer = requests.put(self._page, json={"load_g": load_g}, timeout=_TIMEOUT_S)
        except requests.RequestException as error:
            raise WmsError(f"The scale at {self._page} does not answer. Start the virtual scales.") from error
        if not answer.ok:
            raise WmsError(f"The scale at {self._page} says: {answer.text}")
