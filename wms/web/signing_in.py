"""Sign in for desk pages, by badge scanned or typed; floor stations sign in on their own screens."""

import secrets
from urllib.parse import urlsplit

import flask
from flask.typing import ResponseReturnValue

from wms.database import db, transaction
from wms.services import signing_in
from wms.web import languages, sessions

blueprint = flask.Blueprint("signing_in", __name__)


@blueprint.get("/sign-in")
def page() -> str:
    """Show the form."""
    return flask.render_template("signing_in/desk.html", after=_after(flask.request.args.get("next", "")), said="")


@blueprint.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Take the badge and go where the person wanted to go."""
    new_token = secrets.token_urlsafe(32)
    with transaction(db.engine) as session:
        before = sessions.actor(session)
        actor, verdict = signing_in.scan(
            session, before, flask.request.form.get("code", ""), sessions.browser(), new_token
        )
    after = _after(flask.request.form.get("next", ""))
    if verdict.tone == "wrong":
        return flask.render_template("signing_in/desk.html", after=after, said=verdict.words), 403
    if actor.session_id != before.session_id:
        flask.session["token"] = new_token
    return flask.redirect(after)


@blueprint.post("/language")
def choose_language() -> ResponseReturnValue:
    """Let the device speak a language, and go back to where it was chosen."""
    _ = sessions.browser()
    languages.choose(flask.request.form.get("language", ""))
    return flask.redirect(_after(flask.request.form.get("next", "")))


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    with transaction(db.engine) as session:
        actor = sessions.actor(session)
        if actor.worker_id is not None:
            _ = signing_in.sign_out(session, actor, "signed out")
    _ = flask.session.pop("token", None)
    return flask.redirect(flask.url_for("signing_in.page"))


def _after(address: str) -> str:
    """Keep only an address on this server: a path, no other host."""
    parts = urlsplit(address)
    on_this_server = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc
    return address if on_this_server else "/desk/"
