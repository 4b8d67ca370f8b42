import json
import os
import subprocess
import sys
from pathlib import Path

from tests.simulator.floor import furnished
from wms import config

_SERVING = 3  # the printers, the worker, the web server


def simulate(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "WMS_DATABASE_URL": f"sqlite:///{folder / 'wms.db'}", "WMS_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "wms", "simulate", *options]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def furnish(folder: Path) -> None:
    settings = {"WMS_DATABASE_URL": f"sqlite:///{folder / 'wms.db'}", "WMS_DATA_DIR": str(folder)}
    furnished(config.load(settings)).dispose()


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    """Tell whether a process is there and no mere entry that nobody has collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


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


def test_a_simulation_that_is_ended_leaves_nothing_running(tmp_path: Path) -> None:
    furnish(tmp_path)
    environ = {**os.environ, "WMS_DATABASE_URL": f"sqlite:///{tmp_path / 'wms.db'}", "WMS_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "wms", "simulate", "--orders", "3", "--pickers", "1", "--packers", "1"]
    with subprocess.Popen([*command, "--think-ms", "60000"], env=environ, stderr=subprocess.DEVNULL) as shift:
        children: list[int] = []
        web_workers: list[int] = []
        while not web_workers and shift.poll() is None:
            children = children_of(shift.pid)
            web_workers = children_of(children[-1]) if len(children) == _SERVING else []
        shift.terminate()
        assert shift.wait() == 2
    assert web_workers
    assert [is_running(pid) for pid in [*children, *web_workers]] == [False] * (_SERVING + len(web_workers))
