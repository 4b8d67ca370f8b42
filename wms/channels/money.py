"""Money as shops write it, to whole minor units by the currency's own number of decimals (ISO 4217)."""

import re

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_DECIMALS = {code: decimals for codes, decimals in ((_NONE, 0), (_THREE, 3), (_FOUR, 4)) for code in codes.split()}
_AMOUNT = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,6}))?", re.ASCII)


def minor_units(text: str, currency: str) -> int | None:
    """Return '99.54' USD as 9954, '1200' JPY as 1200; None where the text is no amount of that currency."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    sign, whole, fraction = found[1], found[2], found[3] or ""
    decimals = _DECIMALS.get(currency, 2)
    if fraction[decimals:].strip("0"):
        return None
    amount = int(whole + fraction[:decimals].ljust(decimals, "0"))
    return -amount if sign else amount
