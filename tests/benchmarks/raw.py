"""The floor under a scan: an endpoint without our program that does the same work by the driver alone, and a hello.

gunicorn serves `tests.benchmarks.raw:create_app()` on the database of WMS_DATABASE_URL.
"""

import datetime as dt
import fcntl
import functools
import hashlib
import json
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import flask
import jinja2
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import make_url

from wms.domain.ids import new_id

_WHO = """
SELECT worker_id, devices.number FROM worker_sessions
JOIN devices ON devices.warehouse_id = worker_sessions.warehouse_id AND devices.id = worker_sessions.device_id
WHERE worker_sessions.warehouse_id = 1 AND token_hash = :token_hash AND ended_at IS NULL
"""
_TASK = """
SELECT pick_tasks.id, pick_tasks.order_id, pick_tasks.quantity, pick_tasks.in_hand, locations.code, products.sku,
  products.name, workers.name AS worker
FROM batches
JOIN pick_tasks ON pick_tasks.warehouse_id = batches.warehouse_id AND pick_tasks.batch_id = batches.id
JOIN products ON products.warehouse_id = pick_tasks.warehouse_id AND products.id = pick_tasks.product_id
JOIN locations ON locations.warehouse_id = pick_tasks.warehouse_id AND locations.id = pick_tasks.location_id
JOIN workers ON workers.warehouse_id = batches.warehouse_id AND workers.id = batches.worker_id
WHERE batches.warehouse_id = 1 AND batches.status = 'started' AND batches.worker_id = :worker_id
  AND pick_tasks.status = 'open'
ORDER BY pick_tasks.sequence LIMIT 1
"""
_SCAN = """
INSERT INTO scans (warehouse_id, scan, at, worker_id, device, station, code, pulled_ms, tone, answer)
VALUES (1, :scan, :at, :worker_id, :device, 'picking', :code, :pulled_ms, 'ok', :answer)
ON CONFLICT DO NOTHING RETURNING scan
"""
_TAKE = """
UPDATE pick_tasks SET in_hand = in_hand + 1
WHERE warehouse_id = 1 AND id = :task_id AND status = 'open' AND in_hand < quantity RETURNING in_hand
"""
_JOURNAL = """
INSERT INTO journal (warehouse_id, id, at, worker_id, device, event, order_id, data, scan)
VALUES (1, :id, :at, :worker_id, :device, 'ItemPicked', :order_id, :data, :scan)
"""
_ANSWER = """
<main id="screen" data-screen="scan_item" data-ask="item" data-token="{{ task.id }}">
  <header>{{ task.worker }}</header>
  <h1>SCAN ITEM</h1>
  <p class="quantity">TAKE <b>{{ task.quantity - in_hand }}</b></p>
  <p class="product">{{ task.name }} <small>{{ task.sku }}</small></p>
  <p class="muted">{{ task.code }}</p>
</main>
<div id="feedback" data-tone="ok" data-cue="step">{{ in_hand }} of {{ task.quantity }}</div>
<input id="ask" type="hidden" name="ask" value="{{ task.id }}">
"""

Execute = Callable[[str, Mapping[str, object]], Any]


class _Database(Protocol):
    def transaction(self) -> AbstractContextManager[Execute]: ...


class _Sqlite:
    """A connection a thread; one writer at a time as in our own program, or the slowest scans take far longer."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._local = threading.local()
        self._writer = threading.Lock()
        self._file = Path(path + ".raw-lock").open("ab")  # noqa: SIM115 - open as long as the process

    @contextmanager
    def transaction(self) -> Iterator[Execute]:
        with self._writer:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                connection = self._connection()
                _ = connection.execute("BEGIN IMMEDIATE")
                with connection:
                    yield connection.execute
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            made = sqlite3.connect(self._path, isolation_level=None, timeout=15)
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                _ = made.execute(f"PRAGMA {pragma}")
            made.row_factory = sqlite3.Row
            self._local.connection = made
        found: sqlite3.Connection = self._local.connection
        return found


class _Postgres:
    """A connection a thread; the driver prepares a statement when it has seen it five times."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Execute]:
        if not hasattr(self._local, "connection"):
            self._local.connection = psycopg.Connection[dict[str, Any]].connect(self._address, row_factory=dict_row)
        connection: psycopg.Connection[dict[str, Any]] = self._local.connection
        with connection.transaction():
            yield lambda statement, values: connection.execute(_for_psycopg(statement), values)


@functools.cache
def _for_psycopg(statement: str) -> bytes:
    return re.sub(r":(\w+)", r"%(\1)s", statement).encode()


def create_app() -> flask.Flask:
    """Build the app: GET / says hello, POST /raw takes a scan."""
    url = make_url(os.environ["WMS_DATABASE_URL"])
    database: _Database = (
        _Sqlite(url.database or "")
        if url.get_backend_name() == "sqlite"
        else _Postgres(url.set(drivername="postgresql").render_as_string(hide_password=False))
    )
    answer = jinja2.Environment(autoescape=True).from_string(_ANSWER)
    app = flask.Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return "hello\n"

    @app.post("/raw")
    def raw() -> str:
        token = flask.request.cookies["token"]
        with database.transaction() as execute:
            task, in_hand = _take(execute, token, flask.request.form)
        return answer.render(task=task, in_hand=in_hand)

    return app


def _take(execute: Execute, token: str, form: Mapping[str, str]) -> tuple[Mapping[str, Any], int]:
    who = execute(_WHO, {"token_hash": hashlib.sha256(token.encode()).hexdigest()}).fetchone()
    task = execute(_TASK, {"worker_id": who["worker_id"]}).fetchone()
    common = {
        "scan": form["scan"],
        "at": f"{dt.datetime.now(dt.UTC).replace(tzinfo=None)}",
        "worker_id": who["worker_id"],
        "device": str(who["number"]),
    }
    verdict = json.dumps({"tone": "ok", "cue": "step"})
    scan = {**common, "code": form["code"], "pulled_ms": int(form["at"]), "answer": verdict}
    if execute(_SCAN, scan).fetchone() is None:
        flask.abort(409)
    in_hand: int = execute(_TAKE, {"task_id": task["id"]}).fetchone()["in_hand"]
    data = json.dumps({"task_id": task["id"], "sku": task["sku"], "quantity": 1})
    _ = execute(_JOURNAL, {**common, "id": new_id(), "order_id": task["order_id"], "data": data})
    return task, in_hand
