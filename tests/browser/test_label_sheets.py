"""What the browser prints of each label sheet scans as its labels say, in bars that a handheld can read."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from tests import builders
from tests.benchmarks import walks
from tests.served import served
from wms import config
from wms.database import make_engine, transaction
from wms.domain.catalog import Barcode, Product
from wms.domain.codes import CodeKind, parse
from wms.domain.floor import LocationKind
from wms.services.label_sheets import SheetKind

# Of 72 dots an inch: paper is looked at with 288.
SCALE = 4
# What a sheet's narrowest bars must be at least, in mm.
NARROWEST_MM = {SheetKind.COMMANDS: 0.5, SheetKind.QUANTITIES: 0.5, SheetKind.CASES: 0.495, SheetKind.POSTER: 0.6}
PAGES = {(SheetKind.COMMANDS, "A4"): 4, (SheetKind.QUANTITIES, "A4"): 3}
PAGES |= {(SheetKind.COMMANDS, "Letter"): 5, (SheetKind.QUANTITIES, "Letter"): 3}
LONG_NAME = "Brass lamp with a very long descriptive name that goes on and on, in three colours"


def fill(session: Session) -> str:
    """Make some of everything that has a label; return an admin's badge."""
    _ = builders.warehouse(session)
    for _number in range(12):
        _ = builders.location(session), builders.tote(session)
    for kind in (LocationKind.LANE, LocationKind.HOLD, LocationKind.DOCK):
        _ = builders.location(session, kind=kind)
    _ = builders.cart(session), builders.station(session), builders.carton_type(session)
    builders.product(session, case_of=12).name = LONG_NAME
    for sku, code in (("MUG", "00012345678905"), ("TEA", "00000012345670"), ("SOAP-OAT-LARGE-6-PACK", "")):
        product = Product(warehouse_id=builders.WAREHOUSE, sku=sku, name=f"Thing {sku}")
        session.add(product)
        session.flush()
        if code:
            session.add(Barcode(warehouse_id=builders.WAREHOUSE, code=code, product_id=product.id))
        case = Barcode(warehouse_id=builders.WAREHOUSE, code=f"CASE-{sku}", product_id=product.id, quantity=6)
        session.add(case)
    _ = builders.worker(session, "Maria Fernanda Gonzalez de la Torre")
    return builders.worker(session, "Ines", "admin").badge


@pytest.fixture(scope="module")
def sheets(
    chromium: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Page]]:
    """The address of a server with some of everything, and a page on which an admin is signed in."""
    folder = tmp_path_factory.mktemp("sheets")
    _ = (folder / "wms.db").write_bytes(sqlite_template.read_bytes())
    settings = config.load({"WMS_DATABASE_URL": f"sqlite:///{folder / 'wms.db'}", "WMS_DATA_DIR": str(folder)})
    engine = make_engine(settings)
    with transaction(engine) as session:
        badge = fill(session)
    engine.dispose()
    with walks.app_of(settings) as app, served(app) as url:
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        _ = page.goto(f"{url}/desk/labels")
        page.keyboard.type(badge)
        page.keyboard.press("Enter")
        _ = page.wait_for_selector(".sheet")
        yield url, page
        page.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("kind", list(SheetKind))
def test_every_label_on_paper_scans_as_it_says(sheets: tuple[str, Page], kind: SheetKind, paper: str) -> None:
    url, page = sheets
    _ = page.goto(f"{url}/desk/labels?kind={kind}&aisle=*")
    said = page.locator("[data-code]").evaluate_all("labels => labels.map(label => label.dataset.code)")
    printed = pages_of(page.pdf(format=paper))
    assert sorted(parse(code).text for read in printed for code in read) == sorted(parse(code).text for code in said)
    assert len(printed) == PAGES.get((kind, paper), 1)


def pages_of(pdf: bytes) -> list[list[str]]:
    """What a scanner reads on each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        pictures = [page.render(scale=SCALE).to_pil().convert("L") for page in document]
    return [
        [code.text for code in zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)]
        for picture in pictures
    ]


@pytest.mark.parametrize("kind", list(SheetKind))
def test_bars_are_as_wide_as_the_page_says(sheets: tuple[str, Page], kind: SheetKind) -> None:
    url, page = sheets
    _ = page.goto(f"{url}/desk/labels?kind={kind}&aisle=*")
    modules = page.locator(".sheet .barcode").evaluate_all(
        "bars => bars.map(svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width * 25.4 / 96)"
    )
    narrowest = page.locator(".sheet-size").inner_text().rsplit(" ", 2)[1]
    assert min(modules) == pytest.approx(float(narrowest), abs=0.01)
    assert min(modules) >= NARROWEST_MM.get(kind, 0.33) - 0.005


@pytest.mark.parametrize("kind", list(SheetKind))
def test_nothing_on_a_label_is_cut_off(sheets: tuple[str, Page], kind: SheetKind) -> None:
    url, page = sheets
    _ = page.goto(f"{url}/desk/labels?kind={kind}&aisle=*")
    page.emulate_media(media="print")
    is_cut = "label.scrollWidth > label.clientWidth || label.scrollHeight > label.clientHeight"
    cut = page.locator(".sheet-label").evaluate_all(
        f"labels => labels.filter(label => {is_cut}).map(label => label.dataset.code)"
    )
    page.emulate_media(media="null")
    assert cut == []


def test_a_check_string_stands_large_on_a_locations_label(sheets: tuple[str, Page]) -> None:
    url, page = sheets
    _ = page.goto(f"{url}/desk/labels?kind=locations&aisle=*")
    label = page.locator(".sheet-label").first
    assert parse(label.get_attribute("data-code") or "").kind is CodeKind.LOCATION
    note = label.locator(".sheet-label__note")
    assert len(note.inner_text()) == 3
    assert float(note.evaluate("note => parseFloat(getComputedStyle(note).fontSize)")) * 25.4 / 96 >= 8
