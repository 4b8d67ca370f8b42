"""Floor pages in the worker's language, by the badge; desk pages and the journal stay English."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from tests import builders, packers
from tests.handheld import Handheld
from tests.house.words import TRANSLATED, extracted, forms, pairs
from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading, transaction
from wms.domain.codes import CodeKind, own_code
from wms.domain.floor import LocationKind
from wms.domain.journal import JournalEntry
from wms.domain.outbox import Job, JobKind
from wms.domain.packing import Package
from wms.domain.people import Worker
from wms.jobs import outbox
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Context

CARTON = own_code(CodeKind.CARTON, 1)
# What stands below the clock, at first and after half a minute.
_OF_A_VOID = ("Wait, or set aside: VOID goes on.", "Carrier is slow. Set aside: VOID goes on.")
_SPOKEN = frozenset({"alt", "aria-label", "title"})


@dataclass(frozen=True, kw_only=True)
class Floor:
    """An app, the badges of workers by their language, a cart's walk, and a bench with its order."""

    app: Flask
    engine: Engine
    settings: Settings
    badges: dict[str, str]
    cart: str
    tote: str
    lane: str
    hold: str
    mug: str
    pen: str
    bench: packers.Floor

    def move(self, language: str, then: str) -> None:
        """Give the worker of a language another one, as the Set-up page does."""
        with transaction(self.engine) as session:
            session.query(Worker).filter_by(badge=self.badges[language]).one().language = then


@pytest.fixture
def floor(engine: Engine, settings: Settings, tmp_path: Path) -> Iterator[Floor]:
    app = create_app(settings)
    with transaction(engine) as session:
        mug, pen = builders.product(session), builders.product(session)
        _ = builders.waiting_batch(session, builders.order(session, (mug, 2), (pen, 1)))
        cart = builders.cart(session)
        cart.name = "C-1"  # things are called what people call them: that is not translated
        _ = builders.location(session, "D-1", kind=LocationKind.DOCK)
        made = Floor(
            app=app,
            engine=engine,
            settings=settings,
            badges={
                language: builders.worker(session, f"W-{language}", "picker|packer|supervisor", language).badge
                for language in ("en", *TRANSLATED)
            },
            cart=cart.barcode,
            tote=builders.tote(session).barcode,
            lane=builders.location(session, kind=LocationKind.LANE).barcode,
            hold=builders.location(session, kind=LocationKind.HOLD).barcode,
            mug=builders.barcode(session, mug),
            pen=builders.barcode(session, pen),
            bench=packers.bench(session, printer_url=f"file://{tmp_path}"),
        )
    yield made
    with app.app_context():
        db.engine.dispose()


class _Read(HTMLParser):
    """All that a page says: its text, and the names of what has none."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.attributes: dict[str, dict[str, str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        _ = self.attributes.setdefault(found.get("id", tag), found)
        self.said += [value for name, value in found.items() if name in _SPOKEN]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def _words(sentences: tuple[str, ...]) -> set[str]:
    return {word for sentence in sentences for word in re.findall(r"[^\W\d_]{3,}", re.sub(r"\{\w+\}", "", sentence))}


def _english_left(page: str, language: str) -> set[str]:
    """Return the words of a page that are said on the floor in English and never in a language."""
    english = {word for message in extracted() for word in _words(forms(message.id))}
    own = {word for _, translation in pairs(language) for word in _words(translation)}
    return _words(tuple(_Read(page).said)) & (english - own)


def _page(handheld: Handheld) -> str:
    """Return the whole page with the last verdict on it."""
    return handheld.client.get(handheld.address).text + handheld.said


def _handheld(floor: Floor, language: str, address: str = "/pick/") -> Handheld:
    """A handheld whose browser prefers a language."""
    handheld = Handheld(floor.app, address)
    handheld.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return handheld


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_pickers_screens_and_verdicts_are_all_in_the_pickers_language(floor: Floor, language: str) -> None:
    handheld = _handheld(floor, language)
    pages = [_page(handheld)]
    tote, lane = floor.tote, floor.lane
    codes = (floor.tote, floor.badges[language], tote, floor.cart, floor.cart, tote, floor.mug)
    for code in (*codes, "right", floor.pen, "SKIP", "right", "NONE HERE", floor.pen, "N9", "UNDO", "UNDO", "right"):
        _ = handheld.scan(handheld.accept[0] if code == "right" and handheld.accept else code)
        pages.append(_page(handheld))
    while handheld.screen != "drop_cart":
        assert handheld.accept
        _ = handheld.scan(handheld.accept[0])
        pages.append(_page(handheld))
    for code in (floor.hold, "UNDO", "right", tote, lane, "LOG OUT"):
        _ = handheld.scan(handheld.accept[0] if code == "right" and handheld.accept else code)
        pages.append(_page(handheld))
    assert [_english_left(page, language) for page in pages] == [set()] * len(pages)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_packers_screens_and_verdicts_are_all_in_the_packers_language(floor: Floor, language: str) -> None:
    station, bench = _handheld(floor, language, "/pack/"), floor.bench
    _ = station.look()
    pages = [_page(station)]
    for code in (floor.badges[language], bench.station.barcode, "REPRINT", bench.tote.barcode, bench.towel_code):
        _ = station.scan(code)
        pages.append(_page(station))
    for code in (bench.towel_code, "UNDO", bench.towel_code, bench.mug_code, bench.mug_code, "N9", "N720"):
        _ = station.scan(code)
        pages.append(_page(station))
    _ = outbox.drain(Context(engine=floor.engine, settings=floor.settings), HANDLERS)
    assert station.look() == "scan_label"
    for code in ("VOID", "NO", "right"):
        _ = station.scan(station.accept[0] if code == "right" and station.accept else code)
        pages.append(_page(station))
    station.address = "/ship/"
    assert station.look() == "scan_box"
    with reading(floor.engine) as session:
        package = session.scalars(select(Package.barcode)).one()
    for code in (bench.mug_code, package, "UNDO", package, "right"):
        _ = station.scan(station.accept[0] if code == "right" and station.accept else code)
        pages.append(_page(station))
    assert station.hears("complete")
    assert [_english_left(page, language) for page in pages] == [set()] * len(pages)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_packer_reads_in_their_language_that_a_void_goes_on_by_itself(floor: Floor, language: str) -> None:
    station, bench = _handheld(floor, language, "/pack/"), floor.bench
    codes = (bench.tote.barcode, bench.mug_code, bench.mug_code, bench.towel_code, "N720")
    _ = station.scan(floor.badges[language], bench.station.barcode, *codes)
    _ = outbox.drain(Context(engine=floor.engine, settings=floor.settings), HANDLERS)
    assert station.look() == "scan_label"
    _ = station.scan("VOID", "VOID")
    assert station.screen == "buying_label"
    pages = [_page(station)]
    with transaction(floor.engine) as session:
        job = session.scalars(select(Job).where(Job.kind == JobKind.VOID_LABEL)).one()
        job.asked_at -= dt.timedelta(seconds=31)
    for code in ("YES", "NO"):
        _ = station.scan(code)
        pages.append(_page(station))
    assert station.screen == "hold_tote"
    said = {message.id: translation for message, (translation, *_) in pairs(language)}
    for page, english in zip(pages, _OF_A_VOID, strict=False):
        assert said[english] in page
    assert said["Wait for the void. NO sets aside"] in pages[1]
    assert set().union(*(_english_left(page, language) for page in pages)) == {"HOLD"}  # a lane's code


def test_an_english_page_is_found_to_be_english(floor: Floor) -> None:
    handheld = _handheld(floor, "en")
    _ = handheld.scan(floor.badges["en"])
    assert _english_left(_page(handheld), "pl") >= {"SCAN", "CART", "START", "Hello"}


def test_an_arabic_page_reads_from_the_right_and_its_codes_from_the_left(floor: Floor) -> None:
    handheld = _handheld(floor, "en")
    _ = handheld.scan(floor.badges["ar"], floor.cart, floor.tote)
    assert handheld.screen == "go_to"
    page = handheld.client.get("/pick/").text
    assert _Read(page).attributes["html"] | {"lang": "ar", "dir": "rtl"} == _Read(page).attributes["html"]
    assert re.search(r'<bdi dir="ltr" class="location">', page)
    assert not re.search(r"[\u0660-\u0669]", page)  # Latin digits, as on the labels
    _ = handheld.scan(floor.tote)
    assert handheld.tone == "wrong"
    assert handheld.said == "هذه سلة. امسح الرف"
    assert handheld.accept
    _ = handheld.scan(handheld.accept[0], floor.lane)
    assert re.search("هذا \u2068.+\u2069. اذهب إلى \u2068.+\u2069", handheld.said)


def test_a_repeated_scan_is_answered_in_the_workers_language(floor: Floor) -> None:
    handheld = _handheld(floor, "en")
    _ = handheld.scan(floor.badges["pl"])
    token = handheld.token
    _ = handheld.scan(CARTON, token=token, scan="again")
    assert handheld.said == "To KARTON. Skanuj WÓZEK"
    floor.move("pl", "de")
    _ = handheld.scan(CARTON, token=token, scan="again")
    assert handheld.said == "Das ist ein KARTON. Scanne den WAGEN"


def test_both_sides_of_a_stop_are_kept_for_another_language_too(floor: Floor) -> None:
    handheld = _handheld(floor, "en")
    _ = handheld.scan(floor.badges["es"], floor.cart, floor.tote)
    assert handheld.accept
    _ = handheld.scan(handheld.accept[0], floor.mug, floor.mug)
    token, other = handheld.token, floor.bench.tote.barcode
    _ = handheld.scan(other, token=token, scan="again")
    assert handheld.sees(f"SÁCALO DE {other}, PON EN {floor.tote}")
    assert handheld.sees("no es de este carro")
    floor.move("es", "de")
    _ = handheld.scan(other, token=token, scan="again")
    assert handheld.sees("nicht auf diesem Wagen")


def test_the_journal_speaks_english_whoever_works(floor: Floor) -> None:
    handheld = _handheld(floor, "pl")
    _ = handheld.scan(floor.badges["pl"], CARTON)
    with reading(floor.engine) as session:
        said = session.scalars(select(JournalEntry.data).where(JournalEntry.event == "ScanRefused")).one()["said"]
    assert said == "That is a CARTON. Scan the CART"


def test_the_words_of_the_scan_form_follow_a_hand_over(floor: Floor) -> None:
    handheld = _handheld(floor, "en")
    _ = handheld.scan(floor.badges["de"])
    assert handheld.sees("Hallo W-de")
    _ = handheld.scan(floor.badges["pl"])
    assert handheld.sees("Von W-de übernehmen?")
    answer = handheld.post(code=floor.badges["pl"], ask=handheld.token, scan="pl")
    read = _Read(answer.text)
    assert (read.attributes["screen"]["lang"], read.attributes["screen"]["dir"]) == ("pl", "ltr")
    assert "BRAK SIECI. Zapamiętano: {n}" in read.said
    assert "Cześć, W-pl" in read.said


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf_token"\s+value="([^"]*)"', page)
    assert found
    return found[1]


def test_the_sign_in_screen_speaks_the_browsers_language_until_one_is_chosen(floor: Floor) -> None:
    handheld = _handheld(floor, "fr, de;q=0.8, en;q=0.5")
    page = handheld.client.get("/pick/").text
    assert "SCANNE DEINEN AUSWEIS" in page
    form = {"language": "es", "next": "/pick/", "csrf_token": _csrf(page)}
    assert handheld.client.post("/language", data=form).location == "/pick/"
    _ = handheld.look()
    assert handheld.sees("ESCANEA TU TARJETA")
    cookie = handheld.client.get_cookie("session")
    assert cookie is not None
    assert cookie.expires is not None
    _ = handheld.scan(floor.badges["pl"])
    assert handheld.sees("Cześć, W-pl")
    _ = handheld.scan("LOG OUT")
    assert handheld.sees("ESCANEA TU TARJETA")


@pytest.mark.parametrize(("language", "after"), [("xx", "/pick/"), ("../..", "/pick/"), ("pl", "//elsewhere.example/")])
def test_no_other_language_or_address_is_taken_from_the_form(floor: Floor, language: str, after: str) -> None:
    handheld = _handheld(floor, "en")
    form = {"language": language, "next": after, "csrf_token": _csrf(handheld.client.get("/pick/").text)}
    there = handheld.client.post("/language", data=form).location
    assert there == (after if after == "/pick/" else "/desk/")
    assert ("SKANUJ" in handheld.client.get("/pick/").text) is (language == "pl")


def test_a_worker_whose_language_is_no_longer_spoken_reads_english(floor: Floor) -> None:
    floor.move("pl", "xx")
    handheld = _handheld(floor, "de")
    assert handheld.scan(floor.badges["pl"]) == "home"
    assert handheld.sees("Hello W-pl")


def test_desk_pages_are_english_for_everybody(floor: Floor) -> None:
    handheld = _handheld(floor, "pl")
    _ = handheld.scan(floor.badges["pl"])
    page = handheld.client.get("/desk/waves/").text
    assert '<html lang="en" dir="ltr">' in page
    assert "Sign out" in page
    assert "There is no" in handheld.client.get("/desk/orders/4711").text


def test_an_error_on_the_floor_speaks_the_devices_language(floor: Floor) -> None:
    handheld = _handheld(floor, "pl")
    page = handheld.client.get("/nowhere").text
    assert '<html lang="pl" dir="ltr">' in page
    assert "Nie ma takiej strony. Zacznij od nowa" in page
