"""Settings: every mistake is said at once."""

from pathlib import Path

import pytest

from wms import config
from wms.domain.errors import ConfigError


def test_times_out_of_bounds_are_all_named_with_their_limits() -> None:
    with pytest.raises(ConfigError) as wrong:
        _ = config.load({"WMS_PRINT_S": "31", "WMS_PRINTER_S": "soon", "WMS_SETTLE_S": "0", "WMS_SHIPPO_S": "nan"})
    said = str(wrong.value)
    limits = {"WMS_PRINT_S": "at most 30", "WMS_PRINTER_S": "at most 5", "WMS_SETTLE_S": "3600", "WMS_SHIPPO_S": "45"}
    assert [name for name, limit in limits.items() if name not in said or limit not in said] == []


def test_a_hook_token_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ConfigError, match="WMS_HOOK_TOKEN is shorter than 16"):
        _ = config.load({"WMS_HOOK_TOKEN": "short"})


@pytest.mark.parametrize("name", ["Shippo Signature", "X-Signature:", "Sig\r\nnature", "Sïgnature", "x" * 81])
def test_a_hook_header_that_no_post_can_carry_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="WMS_HOOK_HEADER is no header's name; use one like Shippo-Auth-Signature"):
        _ = config.load({"WMS_HOOK_HEADER": name})


def test_the_hook_header_is_shippos_known_one_unless_another_is_named(tmp_path: Path) -> None:
    env = {"WMS_DATA_DIR": str(tmp_path)}
    assert config.load(env).hook_header == "Shippo-Auth-Signature"
    assert config.load({**env, "WMS_HOOK_HEADER": " Shippo-Signature "}).hook_header == "Shippo-Signature"
