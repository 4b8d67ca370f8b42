"""wms serve with a certificate that is not as it should be: one sentence each, and nothing is served."""

from pathlib import Path

import pytest

from tests.cli.conftest import Wms

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def serve(wms: Wms, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> str:
    """Run `wms serve` with these settings, and return why it did not."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    ran = wms("serve")
    assert ran.status == 2
    return ran.err


def test_a_certificate_without_its_key_is_refused(
    wms: Wms, monkeypatch: pytest.MonkeyPatch, certificate: dict[str, str]
) -> None:
    said = serve(wms, monkeypatch, {"WMS_TLS_CERT": certificate["WMS_TLS_CERT"]})
    assert "WMS_TLS_KEY is missing; a certificate and its key go together." in said


def test_a_file_that_is_not_there_is_named(
    wms: Wms, monkeypatch: pytest.MonkeyPatch, certificate: dict[str, str], tmp_path: Path
) -> None:
    absent = tmp_path / "absent.pem"
    said = serve(wms, monkeypatch, certificate | {"WMS_TLS_KEY": str(absent)})
    assert f"WMS_TLS_KEY names {absent}, which cannot be read (No such file or directory)." in said


def test_a_key_of_another_certificate_is_refused(
    wms: Wms, monkeypatch: pytest.MonkeyPatch, certificate: dict[str, str]
) -> None:
    said = serve(wms, monkeypatch, certificate | {"WMS_TLS_KEY": certificate["WMS_TLS_CERT"]})
    assert "cert.pem and cert.pem are no certificate and its key without a password" in said
