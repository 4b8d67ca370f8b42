"""Every floor page can be read, hit and understood: judged by axe-core and by its computed styles."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask
import pytest
from playwright.sync_api import Browser, Page, Route

from tests import builders, screens
from tests.benchmarks import walks
from tests.house.source import ROOT
from tests.screens import LONG_NAME, Shown
from tests.served import served
from wms import config
from wms.database import make_engine, transaction
from wms.domain.actor import Actor
from wms.domain.saying import Language, say
from wms.services.scans.screens import Answer, Card, Feedback, Screen
from wms.web import floor

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
MEASURES = Path(__file__).with_name("measures.js")
THEMES = ("light", "dark")
SIZES = {"handheld": [(360, 640), (320, 470), (360, 560), (432, 900)], "station": [(1366, 768)]}
LEAST_TEXT, LEAST_SHAPE = 7.0, 3.0
TARGET_PX, MAIN_PX, GAP_PX = 56, 72, 8
SMALLEST_PX = 16

AXE_FAULTS = """async () => {
    const rules = {"color-contrast-enhanced": {enabled: true}, "target-size": {enabled: true}};
    const {violations} = await axe.run({rules});
    const grave = violations.filter(({impact}) => ["serious", "critical"].includes(impact));
    return grave.flatMap(({id, nodes}) => nodes.map(({target}) => `${id}: ${target.join(" ")}`));
}"""

NAVY = Card(name="Navy mug 350 ml, stoneware", sku="MUG-NVY")
BLUE = Card(name=LONG_NAME, sku="TWL-STR-RED-2")
VERDICTS = {
    "none": Feedback(),
    "ok": Feedback(tone="ok", cue="step", words=say("4 of 12")),
    "info": Feedback(tone="info", cue="command", words=say("Marta is logged in. YES = hand over")),
    "warn": Feedback(tone="warn", cue="repeated", words=say("Not counted. Look at the screen")),
    "wrong": Feedback(tone="wrong", cue="wrong", words=say("TOTE FULL means nothing here. Scan the SHELF")),
    "stop": Feedback(tone="wrong", cue="stop", words=say("PUT IT BACK, SCAN BLUE MUG"), have=NAVY, need=BLUE),
}


def stations() -> dict[str, floor.Station]:
    """The stations of the app, by their names."""
    found = (getattr(sys.modules[blueprint.import_name], "STATION", None) for blueprint in screens.STATIONS)
    return {station.name: station for station in found if isinstance(station, floor.Station)}


def places() -> dict[str, tuple[Shown, floor.Station]]:
    """Every screen on each station that shows it; a badge is scanned on a handheld and at a bench."""
    benches = stations()
    return {
        f"{shown.name} on {name}": (shown, benches[name])
        for shown in screens.shown()
        for name in ([shown.screen.station] if shown.screen.station in benches else ("picking", "packing"))
    }


PLACES = places()
ON_HANDHELDS = [name for name, (_, station) in PLACES.items() if station.layout == "handheld"]


def show(place: str) -> flask.Response:
    """Render a screen as its station does."""
    shown, station = PLACES[place]
    verdict = VERDICTS[flask.request.args.get("verdict", "none")]
    actor = Actor(
        warehouse_id=builders.WAREHOUSE,
        at=builders.NOW,
        worker_id=1,
        name="Maria Fernanda",
        device="14",
        language=flask.request.args.get("language", "en"),
    )
    return floor.render(station, Answer(screen=shown.screen, feedback=verdict), actor)


@pytest.fixture(scope="module")
def floor_pages(
    chromium: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Pages"]:
    """A browser on a server that shows any screen."""
    folder = tmp_path_factory.mktemp("floor")
    _ = (folder / "wms.db").write_bytes(sqlite_template.read_bytes())
    settings = config.load({"WMS_DATABASE_URL": f"sqlite:///{folder / 'wms.db'}", "WMS_DATA_DIR": str(folder)})
    engine = make_engine(settings)
    with transaction(engine) as session:
        _ = builders.warehouse(session)
    engine.dispose()
    with walks.app_of(settings) as app:
        app.add_url_rule("/shown/<path:place>", view_func=show)
        with served(app) as url:
            context = chromium.new_context(has_touch=True)
            # A bench takes its screen anew once it knows which page it is: these are to stay as they are shown.
            _ = context.route("**/shown/**", _once)
            yield Pages(url, context.new_page())
            context.close()


def _once(route: Route) -> None:
    """Let a screen come as the page that it is, and not again as its own refreshing."""
    if route.request.resource_type == "fetch":
        route.abort()
    else:
        route.continue_()


class Pages:
    """A page that shows one screen after another."""

    def __init__(self, url: str, page: Page) -> None:
        self.url = url
        self.page = page

    def show(self, place: str, verdict: str = "none", language: str = Language.ENGLISH) -> None:
        """Open a screen with a verdict on it, in a language."""
        self.look(sizes_of(place)[0])
        answer = self.page.goto(f"{self.url}/shown/{place}?verdict={verdict}&language={language}")
        assert answer is not None
        assert answer.ok, answer.text()
        _ = self.page.wait_for_selector("#scan[data-waiting]", state="attached")
        self.page.evaluate(f"window.measures = {MEASURES.read_text()}")

    def look(self, size: tuple[int, int], theme: str = "light", *, still: bool = True) -> None:
        """Look at the screen as a device of this size and theme shows it; moving things stand still."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(
            color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce" if still else "no-preference"
        )
        # The worker's own choice stands above the device's.
        self.page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)

    def measure(self, what: str, *arguments: str) -> list[Any]:
        """Ask measures.js."""
        found: list[Any] = self.page.evaluate("([what, ...rest]) => measures[what](...rest)", [what, *arguments])
        return found

    def dull(self, what: str, least: float, *arguments: str) -> list[str]:
        """What stands out less than it must, in each theme."""
        found: list[str] = []
        for theme in THEMES:
            self.look(self.size, theme)
            found += [
                f"{one['name']} {one['contrast']:.2f} in {theme}"
                for one in self.measure(what, *arguments)
                if one["contrast"] < least
            ]
        return found

    @property
    def size(self) -> tuple[int, int]:
        """The window's size."""
        size = self.page.viewport_size
        assert size is not None
        return size["width"], size["height"]

    def faults(self) -> list[str]:
        """What axe-core calls serious or critical, its rule for a contrast of 7 to 1 included, in each theme."""
        self.page.evaluate(AXE.read_text())
        found: list[str] = []
        for theme in THEMES:
            self.look(self.size, theme)
            found += [f"{fault} in {theme}" for fault in self.page.evaluate(AXE_FAULTS)]
        return found


def sizes_of(place: str) -> list[tuple[int, int]]:
    """The windows that a place is looked at in, the one it is drawn for first."""
    return SIZES[PLACES[place][1].layout]


def too_small(targets: list[Any]) -> list[Any]:
    """The targets that a gloved finger misses."""
    return [
        target
        for target in targets
        if target["width"] < TARGET_PX
        or target["height"] < (MAIN_PX if target["main"] else TARGET_PX)
        or target["gap"] < GAP_PX
    ]


def fit(pages: Pages, place: str) -> dict[str, list[str]]:
    """What does not fit, by window."""
    found = {}
    for size in sizes_of(place):
        pages.look(size)
        found[f"{size[0]}x{size[1]}"] = pages.measure("unfit")
    return {size: unfit for size, unfit in found.items() if unfit}


def test_a_screen_nobody_can_show_is_named() -> None:
    @dataclass(frozen=True, kw_only=True)
    class PutWall(Screen):
        wall: str

    with pytest.raises(LookupError, match=r"PutWall\.wall: say in"):
        _ = screens.example(PutWall)


@pytest.mark.parametrize("place", PLACES)
def test_everything_can_be_read_and_hit(floor_pages: Pages, place: str) -> None:
    floor_pages.show(place, "ok")
    assert floor_pages.dull("texts", LEAST_TEXT) == []
    assert floor_pages.dull("shapes", LEAST_SHAPE) == []
    for size in sizes_of(place):
        floor_pages.look(size)
        assert too_small(floor_pages.measure("targets")) == []
        assert [letters for letters in floor_pages.measure("letters") if letters["size"] < SMALLEST_PX] == []
    for size in sizes_of(place)[:2]:
        floor_pages.look(size)
        assert floor_pages.faults() == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("language", Language)
def test_everything_fits_without_scrolling(floor_pages: Pages, place: str, language: Language) -> None:
    floor_pages.show(place, "warn", language)
    assert fit(floor_pages, place) == {}


@pytest.mark.parametrize(
    ("place", "selector", "px", "weight"),
    [
        ("picking/go_to on picking", "body", 21, 400),
        ("picking/go_to on picking", ".content > .location .location__part", 44, 700),
        ("picking/go_to on picking", ".content > .location .location__part:last-child", 56, 700),
        ("picking/go_to on picking", ".quantity b", 56, 700),
        ("picking/scan_item on picking", ".quantity b", 56, 700),
        ("picking/put_in_tote on picking", ".slot-large b", 64, 700),
        ("packing/scan_items on packing", "body", 20, 400),
        ("packing/scan_items on packing", ".instruction", 40, 700),
        ("packing/scan_items on packing", ".unit__name", 28, 400),
    ],
)
def test_what_is_read_from_afar_is_large(floor_pages: Pages, place: str, selector: str, px: int, weight: int) -> None:
    floor_pages.show(place)
    for size in sizes_of(place):
        floor_pages.look(size)
        found = floor_pages.measure("sizes", selector)
        assert found
        assert [one for one in found if one["size"] < px or one["weight"] < weight] == []


@pytest.mark.parametrize("place", ["picking/go_to on picking", "packing/scan_tote on packing"])
@pytest.mark.parametrize("verdict", [verdict for verdict in VERDICTS if verdict != "none"])
def test_every_verdict_has_a_shape_and_words_that_are_seen(floor_pages: Pages, place: str, verdict: str) -> None:
    floor_pages.show(place, verdict)
    said = floor_pages.page.locator("#feedback")
    assert said.locator("svg.icon use").first.get_attribute("href", timeout=1000) is not None
    assert VERDICTS[verdict].words in said.inner_text()
    assert floor_pages.dull("texts", LEAST_TEXT) == []
    assert floor_pages.dull("shapes", LEAST_SHAPE) == []
    assert fit(floor_pages, place) == {}
    assert floor_pages.faults() == []


def test_each_tone_has_a_shape_of_its_own(floor_pages: Pages) -> None:
    shapes = {}
    for verdict in ("ok", "info", "warn", "wrong"):
        floor_pages.show("picking/go_to on picking", verdict)
        shapes[verdict] = floor_pages.page.locator("#feedback use").get_attribute("href")
    assert len(set(shapes.values())) == len(shapes)


@pytest.mark.parametrize(
    ("place", "opener"),
    [
        ("picking/scan_item on picking", "details.sheet > summary"),
        ("picking/scan_item on picking", "button.icon-button[data-keypad]"),
        ("packing/scan_items on packing", "button.icon-button[data-keypad]"),
    ],
)
def test_what_opens_over_a_screen_can_be_read_and_hit(floor_pages: Pages, place: str, opener: str) -> None:
    floor_pages.show(place)
    floor_pages.page.locator(opener).click()
    for size in sizes_of(place):
        floor_pages.look(size)
        assert too_small(floor_pages.measure("targets")) == []
    assert fit(floor_pages, place) == {}
    assert floor_pages.dull("texts", LEAST_TEXT) == []
    assert floor_pages.dull("shapes", LEAST_SHAPE) == []
    assert floor_pages.faults() == []


@pytest.mark.parametrize("state", ["slow", "offline", "saved", "stop"])
def test_the_networks_state_is_seen(floor_pages: Pages, state: str) -> None:
    floor_pages.show("picking/go_to on picking")
    words = floor_pages.page.evaluate(
        """state => {
            const bar = document.getElementById("network");
            bar.dataset.state = state;
            bar.hidden = false;
            const words = document.getElementById(`say-${state}`).textContent;
            bar.lastElementChild.textContent = words.replace("{n}", "12");
            return bar.textContent;
        }""",
        state,
    )
    assert words
    assert floor_pages.dull("texts", LEAST_TEXT) == []
    assert floor_pages.dull("shapes", LEAST_SHAPE) == []
    assert fit(floor_pages, "picking/go_to on picking") == {}


@pytest.mark.parametrize("state", ["match", "sent", "online"])
def test_the_line_at_the_top_is_seen(floor_pages: Pages, state: str) -> None:
    floor_pages.show("picking/go_to on picking")
    floor_pages.page.evaluate("state => { document.getElementById('line').dataset.state = state; }", state)
    assert floor_pages.measure("grounds", "#line")
    assert floor_pages.dull("grounds", LEAST_SHAPE, "#line") == []


@pytest.mark.parametrize("cue", ["complete", "step", "stop"])
def test_whoever_asks_for_less_motion_gets_none(floor_pages: Pages, cue: str) -> None:
    floor_pages.show("picking/go_to on picking", "stop" if cue == "stop" else "ok")
    floor_pages.page.evaluate(
        """cue => {
            document.getElementById("feedback").dataset.cue = cue;
            document.getElementById("line").dataset.state = "slow";
        }""",
        cue,
    )
    assert floor_pages.measure("moving") == []
    floor_pages.look((360, 640), still=False)
    assert len(floor_pages.measure("moving")) == 2


def test_a_verdict_flashes_once(floor_pages: Pages) -> None:
    floor_pages.show("picking/go_to on picking", "ok")
    floor_pages.look((360, 640), still=False)
    flashes = floor_pages.page.locator("#feedback").evaluate("it => getComputedStyle(it).animationIterationCount")
    assert flashes == "1"
