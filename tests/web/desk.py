"""A supervisor's browser: signs in by badge, and presses the button of a form as the page has filled it in."""

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def signed_in(app: Flask, badge: str) -> FlaskClient:
    """A browser in which the holder of a badge is signed in."""
    client = app.test_client()
    token = re.search(r'name="csrf_token"\s+value="([^"]*)"', client.get("/sign-in").text)
    assert token
    _ = client.post("/sign-in", data={"code": badge, "csrf_token": token[1]})
    return client


def press(client: FlaskClient, page: str, marker: str, **fields: str) -> TestResponse:
    """Fill in the form that carries a marker, with what it holds already, and send it."""
    form = re.search(rf"<form[^>]*\b{marker}\b[^>]*>.*?</form>", page, re.DOTALL)
    assert form, marker
    address = re.search(r'action="([^"]+)"', form[0])
    assert address
    hidden = re.findall(r'name="(\w+)"\s+(?:id="[^"]*"\s+)?(?:type="\w+"\s+)?value="([^"]*)"', form[0])
    return client.post(address[1], data={**dict(hidden), **fields}, follow_redirects=True)
