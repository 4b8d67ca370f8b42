"""Commands run in this process as the shell would: arguments in, exit status and what was said out."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from alembic import command
from sqlalchemy import Engine

from wms import cli, migrations
from wms.config import Settings


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str


Wms = Callable[..., Ran]


@pytest.fixture
def wms(settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Wms:
    """Run `wms ARGUMENTS` on the test's database, which is marked as upgraded."""
    command.stamp(migrations.alembic_config(engine), "head")
    monkeypatch.setenv("WMS_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("WMS_DATA_DIR", str(settings.data_dir))

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["wms", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Ran(status=int(ended.value.code or 0), out=said.out, err=said.err)

    return run
