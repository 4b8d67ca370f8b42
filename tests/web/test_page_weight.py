"""What a picker's handheld loads over a weak line, as served."""

from collections.abc import Iterator

import pytest

from tests.benchmarks import walks, weight
from tests.benchmarks.walks import Aimed
from tests.served import served
from wms.config import Settings

FIRST_LOAD_BYTES = 60_000
STYLES_BYTES = 8_000
ANSWER_BYTES = 3_000


@pytest.fixture
def aimed(settings: Settings) -> Iterator[tuple[str, Aimed]]:
    """The address of a running server, and a handheld that stands at the item step."""
    pickers = walks.fill(settings, pickers=1, waiting=0)
    with walks.app_of(settings) as app, served(app) as url:
        yield f"{url}/pick/", walks.aim(walks.at_the_location(app, pickers[0]))


def test_the_picking_pages_first_load_is_at_most_60_kb(aimed: tuple[str, Aimed]) -> None:
    url, handheld = aimed
    weights = weight.of_page(url, handheld)
    names = {path.rsplit("/", 1)[1] for path in weights}
    assert {"scan.js", "cues.js", "kept.js", "wedge.js", "htmx.min.js", "icons.svg", "tokens.css"} <= names
    assert sum(weights.values()) <= FIRST_LOAD_BYTES, weights
    assert sum(size for path, size in weights.items() if path.endswith(".css")) <= STYLES_BYTES, weights


def test_a_scans_answer_is_at_most_3_kb(aimed: tuple[str, Aimed]) -> None:
    url, handheld = aimed
    served = weight.answer(url, handheld)
    assert b'data-cue="step"' in served.body
    assert served.bytes_on_the_wire <= ANSWER_BYTES
