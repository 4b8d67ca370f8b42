"""create_app(): the one place where the parts meet."""

import datetime as dt
from urllib.parse import urlsplit

import flask
import jinja2
from flask_compress import Compress
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from wms import config, database
from wms.config import Settings
from wms.database import db, reading
from wms.domain.errors import BadInputError, DomainError, NotFoundError, WmsError
from wms.domain.saying import say
from wms.resources import digest_of, resource_dir
from wms.web import blueprints, context, failing, floor, hooks, languages, security

# In place of the framework's own long words; a 403 keeps its own, which name the role.
_SENTENCES = {
    400: say("Not readable. Load the page again"),
    404: say("There is no such page. Start again"),
    405: say("This address takes no such request"),
    500: say("Something went wrong. Nothing was changed. Try again"),
}
_SERVER_FAILED = 500
_YEAR_S = 365 * 24 * 3600


def create_app(settings: Settings | None = None) -> flask.Flask:
    """Build the web app on the given settings, or on those of the environment."""
    settings = settings or config.load()
    static = resource_dir("static")
    app = flask.Flask(
        "wms",
        template_folder=str(resource_dir("templates")),
        static_folder=str(static),
        static_url_path=f"/static/{digest_of(static)}",  # in the path: modules importing one another carry it too
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings),
        WTF_CSRF_TIME_LIMIT=None,  # a handheld's page stays open for a whole shift
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.tls,
        SESSION_REFRESH_EACH_REQUEST=False,  # signing in writes it, and nothing else changes
        PERMANENT_SESSION_LIFETIME=dt.timedelta(days=365),  # the device's key; sessions end on the server
        SEND_FILE_MAX_AGE_DEFAULT=_YEAR_S,  # every static address carries the files' digest
        COMPRESS_MIN_SIZE=256,
        WMS=settings,
    )
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    csrf = CSRFProtect(app)
    _ = csrf.exempt(hooks.blueprint)  # programs prove themselves in another way
    _ = Compress(app)
    _ = app.after_request(_whole_file)
    floor.htmx.init_app(app)
    security.protect(app)
    blueprints.register(app)
    _add_errors(app)
    _add_health(app)
    context.add(app)
    languages.add(app)
    return app


def _whole_file(response: flask.Response) -> flask.Response:
    # Runs before Compress, which gives a stream to clients that take deflate but not to those that take gzip alone.
    if flask.request.endpoint == "static" and response.direct_passthrough:
        response.direct_passthrough = False
        response.make_sequence()
    return response


def _add_errors(app: flask.Flask) -> None:
    def page(status: int, error: WmsError | str) -> tuple[str, int]:
        # The desk's page asks the database for its menu: not where the database may be what failed.
        at_desk = "actor" in flask.g and status < _SERVER_FAILED
        sentence = error.said if isinstance(error, WmsError) and not at_desk else error
        template = "errors/desk.html" if at_desk else "errors/error.html"
        return flask.render_template(template, status=status, sentence=sentence, back=_came_from()), status

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int]:
        status = error.code or 500
        return page(status, _SENTENCES.get(status, error.description or _SENTENCES[500]))

    @app.errorhandler(InternalServerError)
    def broken(error: InternalServerError) -> tuple[str, int, dict[str, str]]:
        failing.note(error.original_exception or error)
        return *page(_SERVER_FAILED, _SENTENCES[_SERVER_FAILED]), failing.HEADER

    @app.errorhandler(CSRFError)
    def csrf_error(_: CSRFError) -> tuple[str, int]:
        # scan.js keeps the scan and loads the page again
        return page(419, say("This page is too old. Load it again"))

    @app.errorhandler(NotFoundError)
    def not_found(error: NotFoundError) -> tuple[str, int]:
        return page(404, error)

    @app.errorhandler(DomainError)
    def conflict(error: DomainError) -> tuple[str, int]:
        return page(409, error)

    @app.errorhandler(BadInputError)
    def bad_input(error: BadInputError) -> tuple[str, int]:
        return page(422, error)

    @app.errorhandler(OperationalError)
    def database_busy(error: OperationalError) -> tuple[str, int]:
        # A lost connection, a deadlock or a full lock queue: nothing was counted, the handheld retries by the same id.
        app.logger.error("database: %s", error)
        return page(503, say("Database busy. Nothing was counted. Try again"))

    @app.errorhandler(BlockingIOError)
    def stalled(_: BlockingIOError) -> tuple[str, int]:
        # wms.serving stopped waiting for the rest: a handheld that left the radio sends all of it again.
        return page(408, "The request did not arrive whole. Nothing was counted. Try again.")


def _came_from() -> str:
    """Return the address on this server that the browser came from, else the desk's."""
    parts = urlsplit(flask.request.referrer or "")
    is_ours = parts.netloc == flask.request.host and parts.path.startswith("/desk/")
    return parts._replace(scheme="", netloc="").geturl() if is_ours else flask.url_for("desk.home")


def _add_health(app: flask.Flask) -> None:
    @app.get("/healthz")
    def healthz() -> str:
        return "ok\n"

    @app.get("/readyz")
    def readyz() -> str:
        with reading(db.engine) as session:
            _ = session.execute(text("SELECT 1 FROM warehouses"))
        return "ready\n"
