"""Settings: read once from WMS_* variables, frozen, and every mistake said at once."""

import os
import re
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from wms.domain.errors import ConfigError

WAREHOUSE_ID = 1
_MIN_SECRET_LENGTH = 32
_MIN_TOKEN_LENGTH = 16
_CARRIERS = ("offline", "shippo")
_HOOK_HEADER = "Shippo-Auth-Signature"
# A header's name is a token of these (RFC 9110, section 5.6.2).
_TOKEN = re.compile(r"[0-9A-Za-z!#$%&'*+.^_`|~-]{1,80}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What an installation chooses. `demo` says that the database is the demo's own file and may be thrown away.

    WMS_DATABASE_URL  postgresql://... or sqlite:///...; without it the embedded file in the data folder
    WMS_DATA_DIR      where the embedded database, the secret and the demo's trays live (default ./var)
    WMS_SECRET_KEY    signs cookies; without it one is made at first start and kept in the data folder
    WMS_SHIPPO_KEY    buys real labels when a warehouse's carrier is 'shippo'
    WMS_SHIPPO_URL    another address of the Shippo API (tests, fake server)
    WMS_SHIPPO_S      seconds to wait for each part of Shippo's answers (45)
    WMS_SETTLE_S      seconds after a lost answer before "not found" at the carrier means "not bought" (120)
    WMS_HOOK_TOKEN    proves that a post to /hooks/shippo?token=... is Shippo's, and so does
    WMS_HOOK_SECRET   the secret of its HMAC signature; with both set a post needs both, with none it is refused
    WMS_HOOK_HEADER   the header that carries that signature (Shippo-Auth-Signature)
    WMS_UNREAD_OK     carriers, with commas, whose labels print with a warning although we can read no barcode on them
    WMS_PRINT_S       seconds in which a label must come out, or its end counts as unknown (30, at most 30)
    WMS_PRINTER_S     seconds in which a printer must answer (2, at most 5)
    WMS_SCALE_S       seconds in which a scale must answer (1, at most 2)
    WMS_BOARD_TOKEN   when set, /board answers only to ?token=...
    WMS_TLS_CERT      a certificate (PEM file, with its chain) and
    WMS_TLS_KEY       its key: the server then speaks https itself, and cookies are marked secure
    WMS_TLS           '1' when a proxy before the server speaks https for it: cookies are marked secure
    """

    database_url: str
    data_dir: Path
    secret_key: str
    demo: bool = False
    shippo_key: str = ""
    shippo_url: str = "https://api.goshippo.com"
    shippo_s: float = 45.0
    settle_s: float = 120.0
    hook_token: str = ""
    hook_secret: str = ""
    hook_header: str = _HOOK_HEADER
    unread_carriers: frozenset[str] = frozenset()
    print_s: float = 30.0
    printer_s: float = 2.0
    scale_s: float = 1.0
    board_token: str = ""
    tls: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None
    database_given: bool = False

    @property
    def url(self) -> URL:
        """The database's address, with the driver this program uses."""
        url = make_url(self.database_url)
        return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url

    @property
    def scheme(self) -> str:
        """What the server speaks."""
        return "https" if self.tls_cert else "http"


def load(environ: Mapping[str, str] | None = None, *, demo: bool = False) -> Settings:
    """Read the settings; ConfigError lists every mistake. `demo` picks the demo's file where no database is named."""
    env = os.environ if environ is None else environ
    mistakes: list[str] = []
    data_dir = Path(env.get("WMS_DATA_DIR", "var")).resolve()
    given = env.get("WMS_DATABASE_URL", "").strip()
    database_url = given or f"sqlite:///{data_dir / ('demo/demo.db' if demo else 'wms.db')}"
    try:
        backend = make_url(database_url).get_backend_name()
        if backend not in {"sqlite", "postgresql"}:
            mistakes.append(f"WMS_DATABASE_URL names {backend}; use postgresql:// or sqlite:///.")
    except ArgumentError:
        mistakes.append("WMS_DATABASE_URL is not an address; use postgresql://user@host/name or sqlite:///file.")
    secret = env.get("WMS_SECRET_KEY", "")
    if secret and len(secret) < _MIN_SECRET_LENGTH:
        mistakes.append(f"WMS_SECRET_KEY is shorter than {_MIN_SECRET_LENGTH} characters; make it longer.")
    hook_token = _hook_token(env, mistakes)
    hook_header = _header(env, mistakes)
    shippo_s = _seconds(env, "WMS_SHIPPO_S", 45.0, mistakes, most=45.0)
    settle_s = _seconds(env, "WMS_SETTLE_S", 120.0, mistakes, most=3600.0)
    print_s = _seconds(env, "WMS_PRINT_S", 30.0, mistakes, most=30.0)
    printer_s = _seconds(env, "WMS_PRINTER_S", 2.0, mistakes, most=5.0)
    scale_s = _seconds(env, "WMS_SCALE_S", 1.0, mistakes, most=2.0)
    tls_cert, tls_key = _certificate(env, mistakes)
    if mistakes:
        raise ConfigError(mistakes)
    return Settings(
        database_url=database_url,
        data_dir=data_dir,
        secret_key=secret or kept_secret(data_dir),
        demo=demo,
        shippo_key=env.get("WMS_SHIPPO_KEY", ""),
        shippo_url=env.get("WMS_SHIPPO_URL", "https://api.goshippo.com"),
        shippo_s=shippo_s,
        settle_s=settle_s,
        hook_token=hook_token,
        hook_secret=env.get("WMS_HOOK_SECRET", ""),
        hook_header=hook_header,
        unread_carriers=frozenset(
            name.strip().lower() for name in env.get("WMS_UNREAD_OK", "").split(",") if name.strip()
        ),
        print_s=print_s,
        printer_s=printer_s,
        scale_s=scale_s,
        board_token=env.get("WMS_BOARD_TOKEN", ""),
        tls=env.get("WMS_TLS", "") == "1" or tls_cert is not None,
        tls_cert=tls_cert,
        tls_key=tls_key,
        database_given=bool(given),
    )


def _seconds(env: Mapping[str, str], name: str, usual: float, mistakes: list[str], *, most: float) -> float:
    """Return a time above zero; what is wrong with it is added to `mistakes`."""
    try:
        seconds = float(env.get(name, usual))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= most:
        mistakes.append(f"{name} must be seconds, above 0 and at most {most:g}.")
    return seconds


def _hook_token(env: Mapping[str, str], mistakes: list[str]) -> str:
    """Return the token of Shippo's posts, '' for none; what is wrong with it is added to `mistakes`."""
    token = env.get("WMS_HOOK_TOKEN", "")
    if token and len(token) < _MIN_TOKEN_LENGTH:
        mistakes.append(f"WMS_HOOK_TOKEN is shorter than {_MIN_TOKEN_LENGTH} characters; make it longer.")
    return token


def _header(env: Mapping[str, str], mistakes: list[str]) -> str:
    """Return the name of the header that signs Shippo's posts; what is wrong with it is added to `mistakes`."""
    name = env.get("WMS_HOOK_HEADER", "").strip() or _HOOK_HEADER
    if not _TOKEN.fullmatch(name):
        mistakes.append(f"WMS_HOOK_HEADER is no header's name; use one like {_HOOK_HEADER}.")
    return name


def _certificate(env: Mapping[str, str], mistakes: list[str]) -> tuple[Path | None, Path | None]:
    """Return the certificate and its key, tried together; None without, and what is wrong is added to `mistakes`."""
    names = ("WMS_TLS_CERT", "WMS_TLS_KEY")
    given = {name: Path(text).resolve() for name in names if (text := env.get(name, "").strip())}
    if not given:
        return None, None
    before = len(mistakes)
    mistakes += [f"{name} is missing; a certificate and its key go together." for name in names if name not in given]
    for name, path in given.items():
        try:
            _ = path.read_bytes()
        except OSError as error:
            mistakes.append(f"{name} names {path}, which cannot be read ({error.strerror}).")
    if len(mistakes) > before:
        return None, None
    cert, key = given["WMS_TLS_CERT"], given["WMS_TLS_KEY"]
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password="")
    except ssl.SSLError as error:
        mistakes.append(
            f"{cert.name} and {key.name} are no certificate and its key without a password ({error.reason})."
        )
    return cert, key


def kept_secret(data_dir: Path) -> str:
    """Return the secret kept beside the data, made at the first start; a new one each start would end all sessions."""
    path = data_dir / "secret.key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = secrets.token_hex(32)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as file:
            _ = file.write(fresh)
        return fresh
