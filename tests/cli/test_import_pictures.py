"""wms import pictures, as the shell runs it, and what a handheld is served then."""

import io
import json
from pathlib import Path

from PIL import Image
from sqlalchemy import Engine

from tests import builders
from tests.cli.conftest import Wms
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction


def test_a_folder_of_photos_is_served_small_and_what_is_none_is_told(
    wms: Wms, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    with transaction(engine) as session:
        _ = builders.product(session, "MUG-BLU")
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (1600, 1200), "navy").save(folder / "MUG-BLU.jpg")
    Image.new("RGB", (160, 120), "navy").save(folder / "NOBODY.png")
    _ = (folder / "notes.txt").write_text("no photo")
    ran = wms("import", "pictures", str(folder), "--json")
    told = json.loads(ran.out)
    assert (ran.status, told["kept"]) == (1, 1)
    assert told["refused"] == {"NOBODY.png": "There is no product NOBODY.", "notes.txt": "There is no product notes."}
    app = create_app(settings)
    answer = app.test_client().get("/pictures/MUG-BLU")
    with app.app_context():
        db.engine.dispose()
    assert answer.mimetype == "image/webp"
    assert Image.open(io.BytesIO(answer.data)).size == (240, 180)
    assert len(answer.data) <= 12_000
