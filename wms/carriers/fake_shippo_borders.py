"""What the fake Shippo knows of places and borders: addresses as the post office writes them, and customs papers."""

from typing import Any

from wms.carriers.customs import crosses_border

# No post office goes there; a box to it is validated as invalid.
NOWHERE = "00000"
_DECLARED = ("certify", "certify_signer", "contents_type", "non_delivery_option", "items")
_ITEM = ("description", "quantity", "net_weight", "mass_unit", "value_amount", "value_currency", "origin_country")


def undeclared(body: dict[str, Any]) -> list[str]:
    """Return what a shipment across a customs border does not declare, in words; [] where nothing is missing."""
    if not crosses_border(body["address_from"].get("country", ""), body["address_to"].get("country", "")):
        return []
    declaration = body.get("customs_declaration") or {}
    missing = [f"{name}: This field is required." for name in _DECLARED if not declaration.get(name)]
    return missing + [
        f"items: {name}: This field is required."
        for item in declaration.get("items", ())
        for name in _ITEM
        if not item.get(name)
    ]


def validated(body: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an address: in capitals, and with a verdict where the body asks for one."""
    if not body.get("validate"):
        return {**body, "validation_results": {}}
    is_valid = body.get("zip") != NOWHERE
    messages = [{"source": "USPS", "code": "Address Not Found", "text": "The address could not be found."}]
    written = {name: str(body.get(name, "")).upper() for name in ("street1", "street2", "city", "state")}
    written["street1"] = written["street1"].replace("STREET", "ST")
    return {
        **body,
        **written,
        "validation_results": {"is_valid": is_valid, "messages": [] if is_valid else messages},
    }
