"""What carriers post: taken with its proof, kept once as it came, and answered before anybody reads it."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading
from wms.domain.outbox import Job, JobKind
from wms.domain.tracking import TrackingMessage

TOKEN, SECRET = "a-token-of-our-own", "what-shippo-signs-with"
POST = json.dumps({"event": "track_updated", "data": {"tracking_number": "9205590164917337534322"}}).encode()


AppWith = Callable[..., Flask]


@pytest.fixture
def app_with(settings: Settings, engine: Engine) -> Iterator[AppWith]:
    """A maker of apps that ask for these proofs."""
    made: list[Flask] = []

    def make(*, token: str = "", secret: str = "", header: str = settings.hook_header) -> Flask:
        made.append(create_app(replace(settings, hook_token=token, hook_secret=secret, hook_header=header)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(app_with: AppWith) -> Flask:
    return app_with(token=TOKEN)


def signature(body: bytes, secret: str = SECRET, at: str = "1764200000") -> str:
    return f"t={at},v1={hmac.new(secret.encode(), at.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def kept(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(TrackingMessage.body)))


def test_a_post_with_the_token_is_kept_as_it_came_and_left_to_a_job(app: Flask, engine: Engine) -> None:
    answer = app.test_client().post(f"/hooks/shippo?token={TOKEN}", data=POST)
    assert (answer.status_code, answer.json) == (200, {"stored": True})
    assert kept(engine) == [POST.decode()]
    with reading(engine) as session:
        assert session.scalars(select(Job.kind)).all() == [JobKind.READ_TRACKING]


def test_the_same_post_twice_is_one_row_and_one_job(app: Flask, engine: Engine) -> None:
    answers = [app.test_client().post(f"/hooks/shippo?token={TOKEN}", data=POST) for _ in range(2)]
    assert [answer.json for answer in answers] == [{"stored": True}, {"stored": False}]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(kept(engine)) == 1
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 1


@pytest.mark.parametrize("query", ["", "?token=", "?token=a-token-of-our-owN", "?token=ä"])
def test_a_post_without_the_right_token_is_refused_and_nothing_is_kept(app: Flask, engine: Engine, query: str) -> None:
    assert app.test_client().post(f"/hooks/shippo{query}", data=POST).status_code == 401
    assert kept(engine) == []


def test_where_neither_token_nor_secret_is_set_every_post_is_refused(app_with: AppWith, engine: Engine) -> None:
    client = app_with().test_client()
    assert client.post("/hooks/shippo?token=", data=POST).status_code == 401
    assert kept(engine) == []


def test_a_signature_must_be_that_of_the_very_bytes(app_with: AppWith, engine: Engine) -> None:
    client = app_with(secret=SECRET).test_client()
    for wrong in ("", "v1=", "t=1", signature(POST, "another secret"), signature(b" " + POST)):
        answer = client.post("/hooks/shippo", data=POST, headers={"Shippo-Auth-Signature": wrong})
        assert answer.status_code == 401, wrong
    assert kept(engine) == []
    signed = client.post("/hooks/shippo", data=POST, headers={"Shippo-Auth-Signature": signature(POST)})
    assert signed.status_code == 200


def test_the_signature_is_read_from_the_header_that_is_named(app_with: AppWith, engine: Engine) -> None:
    client = app_with(secret=SECRET, header="Shippo-Signature").test_client()
    answer = client.post("/hooks/shippo", data=POST, headers={"Shippo-Auth-Signature": signature(POST)})
    assert answer.status_code == 401
    assert kept(engine) == []
    assert client.post("/hooks/shippo", data=POST, headers={"Shippo-Signature": signature(POST)}).status_code == 200
    assert kept(engine) == [POST.decode()]


def test_with_both_set_a_post_needs_both(app_with: AppWith, engine: Engine) -> None:
    client = app_with(token=TOKEN, secret=SECRET).test_client()
    headers = {"Shippo-Auth-Signature": signature(POST)}
    assert client.post("/hooks/shippo", data=POST, headers=headers).status_code == 401
    assert client.post(f"/hooks/shippo?token={TOKEN}", data=POST).status_code == 401
    assert kept(engine) == []
    assert client.post(f"/hooks/shippo?token={TOKEN}", data=POST, headers=headers).status_code == 200


def test_a_post_too_large_is_refused_unread(app: Flask, engine: Engine) -> None:
    answer = app.test_client().post(f"/hooks/shippo?token={TOKEN}", data=b"x" * 300_000)
    assert answer.status_code == 413
    assert kept(engine) == []


def test_bytes_that_are_no_text_are_kept_as_far_as_a_text_can(app: Flask, engine: Engine) -> None:
    assert app.test_client().post(f"/hooks/shippo?token={TOKEN}", data=b"\xff\x00{").status_code == 200
    assert kept(engine) == ["�{"]
