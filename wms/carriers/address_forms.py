"""What an address looks like in some countries: its form alone, so that a slip of the pen is seen without a carrier."""

import re

from wms.carriers.base import Address, AddressCheck

_ZIPS = {
    "US": r"\d{5}(-\d{4})?",
    "CA": r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "DE": r"\d{5}",
    "PL": r"\d{2}-\d{3}",
    "ES": r"(0[1-9]|[1-4]\d|5[0-2])\d{3}",
}
_STATE = re.compile(r"[A-Z]{2}", re.ASCII)


def check_form(address: Address) -> AddressCheck:
    """Return whether postcode and state have the form of their country; where we know none, all is well."""
    country, code, state = address.country.upper(), address.zip.strip().upper(), address.state.strip().upper()
    messages = []
    if country in _ZIPS and not re.fullmatch(_ZIPS[country], code, re.ASCII):
        messages.append(f"'{address.zip}' is no postcode of {country}.")
    if country == "US" and not _STATE.fullmatch(state):
        messages.append(f"'{address.state}' is no state of two letters.")
    return AddressCheck(valid=not messages, messages=tuple(messages))
