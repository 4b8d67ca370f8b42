"""Money as shops write it."""

import pytest

from wms.channels.money import minor_units


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("99.54", "USD", 9954),
        ("99.5", "EUR", 9950),
        ("-3", "USD", -300),
        ("1200", "JPY", 1200),
        ("1200.00", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("1.2340", "KWD", 1234),
        ("1.005", "USD", None),
        ("1,00", "USD", None),
        ("", "USD", None),
        ("NaN", "USD", None),
        ("1e3", "USD", None),
        ("٣", "USD", None),
        ("9" * 13, "USD", None),
    ],
)
def test_money_becomes_minor_units_of_its_currency_or_nothing(text: str, currency: str, amount: int | None) -> None:
    assert minor_units(text, currency) == amount
