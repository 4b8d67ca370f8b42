"""The Dockerfile's own steps make a server that answers as a plain user."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.dockerfile import Build, Stage
from tests.house.serving import fetch_page_and_assets, serving
from tests.house.source import ROOT


@pytest.fixture(scope="module")
def image() -> Iterator[Stage]:
    # not tmp_path: a plain user may not pass through pytest's folders
    with tempfile.TemporaryDirectory(prefix="wms-image-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield Build(context=ROOT, folder=folder).run((ROOT / "Dockerfile").read_text())


def test_the_image_serves_its_first_page_and_health_check_as_a_plain_user(image: Stage) -> None:
    env = image.env | {"HOST": "127.0.0.1", "PORT": "0"}
    command = ["sh", "-c", image.command]
    with serving(command, cwd=image.workdir, env=env, user_id=image.user_id) as url:
        assert len(fetch_page_and_assets(url)) > 1
        image.env["PORT"] = url.rpartition(":")[2]
        image.run(image.healthcheck)
        assert (image.root / "data" / "wms.db").stat().st_uid == (image.user_id or os.geteuid())


def test_the_image_names_a_plain_user_and_all_the_steps_docker_needs() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    user = dockerfile.partition("\nUSER ")[2].partition("\n")[0]
    assert user not in {"", "root", "0", "0:0"}
    assert "\nHEALTHCHECK CMD " in dockerfile
