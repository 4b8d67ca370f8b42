"""What runs a machine of the picking model: the databases it starts from, and how long it looks.

`WMS_MODEL_EXAMPLES` and `WMS_MODEL_STEPS` make it look longer, `WMS_MODEL_ENGINE=postgresql` on that engine.
"""

import itertools
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import hypothesis
import pytest
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import Engine, StaticPool, create_engine

from tests import builders
from wms.database import prepare
from wms.services.picking.line import proofs

_ENGINE = os.environ.get("WMS_MODEL_ENGINE", "sqlite")


def _in_memory(template: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    with closing(sqlite3.connect(template)) as source:
        source.backup(connection)
    return connection


def _sqlite(template: Path) -> Callable[[], Engine]:
    """One engine for all examples, as it keeps the statements that it has compiled; each starts from nothing."""
    engine = create_engine("sqlite://", creator=lambda: _in_memory(template), poolclass=StaticPool)
    prepare(engine)

    def make() -> Engine:
        engine.dispose()
        return engine

    return make


def _postgres(emptied: Callable[[], str]) -> Callable[[], Engine]:
    def make() -> Engine:
        engine = create_engine(emptied())
        prepare(engine)
        return engine

    return make


def run(
    machine: type[RuleBasedStateMachine],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    *,
    examples: int,
    steps: int,
) -> None:
    """Run so many examples of a machine, of so many steps each, on databases with all tables and nothing in them."""
    # Which lines are asked for their location by chance is told from ids, which are drawn anew each time.
    monkeypatch.setattr(proofs, "CHECKED", sys.maxsize)
    is_sqlite = _ENGINE == "sqlite"
    asked = request.getfixturevalue("sqlite_template" if is_sqlite else "emptied")
    make = _sqlite(asked) if is_sqlite else _postgres(asked)

    def new_engine() -> Engine:
        monkeypatch.setattr(builders, "_numbers", itertools.count(1))
        return make()

    run_state_machine_as_test(
        type("Here", (machine,), {"new_engine": staticmethod(new_engine)}),
        settings=hypothesis.settings(
            max_examples=int(os.environ.get("WMS_MODEL_EXAMPLES", examples)),
            stateful_step_count=int(os.environ.get("WMS_MODEL_STEPS", steps)),
            deadline=None,
            suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
        ),
    )
