"""Picks a wave over a bad radio line and says what the line did and what came of it.

`python -m tests.faults.bad_radio --lines 200` (make faults) does so on both engines and prints the figures; a scan
that did not count, or counted twice, ends it with an AssertionError.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import HANDHELD, HOST, launched
from tests.faults.hasty_picker import LISTEN, HastyPicker, work_together
from tests.faults.radio import BadRadio, Figures
from tests.faults.wave import Wave, served
from tests.postgres import running_postgres
from wms import config


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """What a wave over a bad line came to."""

    taken: int
    stops: int
    seconds: float
    line: Figures

    def __str__(self) -> str:
        line = self.line
        facts = {
            "scans taken": self.taken,
            "scans counted once each": self.taken,
            "posts": line.posts,
            "posts sent again": line.posts - self.taken,
            "answers carried": line.answers,
            "answers lost": line.lost,
            "cuts": line.cuts,
            "seconds cut": round(line.seconds_cut),
            "STOPs shown": self.stops,
            "seconds in all": round(self.seconds),
        }
        return ", ".join(f"{word} {fact}" for word, fact in facts.items())


@contextmanager
def page_on(chromium: Browser, radio: BadRadio) -> Iterator[Page]:
    """A handheld with the picking page open, on the line."""
    context = chromium.new_context(**HANDHELD)
    yield opened(context, radio)
    context.close()


def opened(context: BrowserContext, radio: BadRadio) -> Page:
    """The picking page on a handheld of its own, before the storm; tells what scan.js takes."""
    _ = context.add_init_script(LISTEN)
    page = context.new_page()
    _ = page.goto(f"http://{HOST}:{radio.port}/pick/")
    _ = page.wait_for_selector("#scan[data-waiting]", state="attached")
    assert not page.evaluate("isSecureContext")
    return page


def pick(chromium: Browser, wave: Wave, seed: int) -> Shift:
    """Let two people pick the whole wave in one storm, and assert that each scan taken was counted once."""
    began_s = time.monotonic()
    with BadRadio(to_port=wave.server.port, seed=seed) as radio, ExitStack() as stack:
        pages = [stack.enter_context(page_on(chromium, radio)) for _ in wave.badges]
        people = [
            HastyPicker(wave=wave, page=page, seed=seed, badge=badge, cart=cart)
            for page, badge, cart in zip(pages, wave.badges, wave.carts, strict=True)
        ]
        radio.storm()
        work_together(people)
    taken = [scan for picker in people for scan in picker.taken]
    wave.assert_counted(taken)
    stops = sum(picker.stops for picker in people)
    return Shift(taken=len(taken), stops=stops, seconds=time.monotonic() - began_s, line=radio.figures)


def main() -> None:
    """Print the figures of a long wave on both engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    _ = parser.add_argument("--lines", type=int, default=200)
    _ = parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with launched() as chromium, running_postgres(durable=True) as postgres, tempfile.TemporaryDirectory() as folder:
        urls = {
            "SQLite": f"sqlite:///{Path(folder) / 'wms.db'}",
            "PostgreSQL": postgres.create_database(),
        }
        for engine, url in urls.items():
            settings = config.load({"WMS_DATABASE_URL": url, "WMS_DATA_DIR": folder})
            with served(settings, options.lines) as wave:
                print(f"{engine}, {options.lines} lines, seed {options.seed}: {pick(chromium, wave, options.seed)}")


if __name__ == "__main__":
    main()
