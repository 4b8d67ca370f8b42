"""The small Shippo as a tool: what it says of itself while it serves."""

import pytest

from wms.carriers.fake_shippo import FakeShippo


@pytest.mark.parametrize(("error", "says"), [(BrokenPipeError(), False), (KeyError("rate"), True)])
def test_it_says_what_breaks_in_it_and_nothing_of_clients_that_hang_up(
    capsys: pytest.CaptureFixture[str], *, error: Exception, says: bool
) -> None:
    with FakeShippo() as fake:
        try:
            raise error
        except (ConnectionError, KeyError):
            fake._server.handle_error(None, ("127.0.0.1", 1))
    assert bool(capsys.readouterr().err) is says
