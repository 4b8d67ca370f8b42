"""One engine measured: hello, raw and scan in turn, round after round, so that whatever else runs meets all three."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from tests.benchmarks import in_process, load, servers, walks, weight
from tests.benchmarks.load import Request
from tests.benchmarks.walks import Aimed
from tests.postgres import running_postgres
from wms import config
from wms.config import Settings

TARGETS = ("hello", "raw", "scan")
WORKERS = 2
# PostgreSQL plans a statement anew for its first ten uses on each connection.
_WARM_UP_S = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An endpoint under load: the server, and for each connection what makes its next request."""

    server: servers.Server
    requests: list[Request]


@dataclass(kw_only=True, slots=True)
class Figures:
    """What one target did in all rounds; CPU in seconds, of the web processes and of PostgreSQL's."""

    latencies_s: list[float] = field(default_factory=list)
    elapsed_s: float = 0.0
    app_cpu_s: float = 0.0
    database_cpu_s: float = 0.0

    @property
    def requests_per_s(self) -> float:
        """Throughput over all rounds."""
        return len(self.latencies_s) / self.elapsed_s

    @property
    def app_cpu_us(self) -> float:
        """CPU a request of the web processes, in microseconds."""
        return self.app_cpu_s / len(self.latencies_s) * 1e6

    @property
    def database_cpu_us(self) -> float:
        """CPU a request of PostgreSQL, in microseconds; 0 for SQLite, whose work is the web process's own."""
        return self.database_cpu_s / len(self.latencies_s) * 1e6

    def percentile_ms(self, percent: int) -> float:
        """Latency that so many of a hundred requests did not exceed."""
        return quantiles(self.latencies_s, n=100)[percent - 1] * 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """All figures of one database engine."""

    name: str
    targets: dict[str, Figures]
    statements: list[str]
    page_bytes: dict[str, int]
    answer_bytes: int


def measure(name: str, *, seconds: float, rounds: int, connections: int) -> Engine:
    """Measure one engine in a folder of its own, on a PostgreSQL of the tests where it is asked for."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wms-scan-")))
        settings, database_pid = stack.enter_context(_database(name, folder))
        pickers = walks.fill(settings, connections + 1)
        statements = in_process.statements_of_a_scan(settings, pickers[-1])
        aimed = walks.aimed(settings, pickers[:-1])
        targets = stack.enter_context(_serving(settings, folder, aimed))
        figures = {target: Figures() for target in TARGETS}
        for target in targets.values():
            _ = load.run(target.server.port, target.requests, _WARM_UP_S)
        for _, one in itertools.product(range(rounds), TARGETS):
            _run(targets[one], figures[one], seconds, database_pid)
        url = f"http://127.0.0.1:{targets['scan'].server.port}/pick/"
        return Engine(
            name=name,
            targets=figures,
            statements=statements,
            page_bytes=weight.of_page(url, aimed[0]),
            answer_bytes=weight.answer(url, aimed[0]).bytes_on_the_wire,
        )


@contextmanager
def _database(name: str, folder: Path) -> Iterator[tuple[Settings, int | None]]:
    with ExitStack() as stack:
        url, pid = f"sqlite:///{folder / 'wms.db'}", None
        if name == "postgresql":
            url = stack.enter_context(running_postgres(durable=True)).create_database()
            pid = servers.postgres_pid(url)
        yield config.load({"WMS_DATABASE_URL": url, "WMS_DATA_DIR": str(folder)}), pid


@contextmanager
def _serving(settings: Settings, folder: Path, aimed: list[Aimed]) -> Iterator[dict[str, Target]]:
    environment = {
        "WMS_DATABASE_URL": settings.database_url,
        "WMS_DATA_DIR": str(settings.data_dir),
        "WMS_SECRET_KEY": settings.secret_key,
    }
    with (
        servers.gunicorn("wms.app:create_app()", environment, WORKERS, folder / "scan.log") as ours,
        servers.gunicorn("tests.benchmarks.raw:create_app()", environment, WORKERS, folder / "raw.log") as raw,
    ):
        yield {
            "hello": Target(server=raw, requests=[lambda: load.get("/")] * len(aimed)),
            "raw": Target(server=raw, requests=[_scans("/raw", one, f"token={one.token}") for one in aimed]),
            "scan": Target(server=ours, requests=[_scans("/pick/", one, one.cookie) for one in aimed]),
        }


def _scans(path: str, aimed: Aimed, cookie: str) -> Callable[[], bytes]:
    return lambda: load.post(path, aimed.form(), cookie, walks.HEADERS)


def _run(target: Target, figures: Figures, seconds: float, database_pid: int | None) -> None:
    app_s = servers.cpu_s(target.server.pid)
    database_s = servers.cpu_s(database_pid) if database_pid else 0.0
    measured = load.run(target.server.port, target.requests, seconds)
    figures.latencies_s += measured.latencies_s
    figures.elapsed_s += measured.elapsed_s
    figures.app_cpu_s += servers.cpu_s(target.server.pid) - app_s
    if database_pid:
        figures.database_cpu_s += servers.cpu_s(database_pid) - database_s
