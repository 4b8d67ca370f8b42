import json
import os
import subprocess
import sys
from pathlib import Path

from tests.simulator.floor import furnished
from wms import config


def simulate(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "WMS_DATABASE_URL": f"sqlite:///{folder / 'wms.db'}", "WMS_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "wms", "simulate", *options]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def furnish(folder: Path) -> None:
    settings = {"WMS_DATABASE_URL": f"sqlite:///{folder / 'wms.db'}", "WMS_DATA_DIR": str(folder)}
    furnished(config.load(settings)).dispose()


def test_the_command_serves_what_it_needs_and_prints_one_object(tmp_path: Path) -> None:
    furnish(tmp_path)
    done = simulate(tmp_path, "--orders", "3", "--pickers", "1", "--packers", "1", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["ok"]
    assert facts["orders_total"] == facts["orders_shipped"] == facts["labels_printed"] == 3
    assert facts["verify_breaches"] == 0


def test_a_server_address_that_is_none_is_refused(tmp_path: Path) -> None:
    furnish(tmp_path)
    done = simulate(tmp_path, "--url", "localhost")
    assert done.returncode == 2
    assert "give one like http://localhost:8000" in done.stderr
