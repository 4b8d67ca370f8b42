"""Shipment requests with good defaults."""

from dataclasses import replace

from wms.carriers.base import Address, Parcel, ShipmentRequest
from wms.carriers.customs import Customs, CustomsItem

WAREHOUSE = Address(
    name="Shipping", company="Northgate Outdoor", street1="2400 Dock Street", city="Columbus", state="OH",
    zip="43215", country="US", phone="+1 614 555 0100", email="dock@example.com",
)  # fmt: skip
CUSTOMER = Address(
    name="Laura Łódźka-Müller", street1="965 Mission Street", street2="Suite 480", city="San Francisco", state="CA",
    zip="94103", country="US",
)  # fmt: skip


def a_request(
    reference: str = "intent-1", *, service: str = "usps_priority", weight_g: int = 1250, **address: str
) -> ShipmentRequest:
    """One box of order 1043; keyword arguments change the receiver's address."""
    return ShipmentRequest(
        reference=reference,
        from_address=WAREHOUSE,
        to_address=replace(CUSTOMER, **address),
        parcel=Parcel(weight_g=weight_g, length_mm=300, width_mm=220, height_mm=95),
        service=service,
        order_number="1043",
        box_number=1,
        box_count=2,
    )


def a_declared_request() -> ShipmentRequest:
    """One box to Canada with two mugs, declared."""
    mugs = CustomsItem(
        sku="MUG-BLU", description="Blue mug", quantity=2, net_weight_g=700, value="39.80", currency="USD",
        origin_country="PT", hs_code="6912.00",
    )  # fmt: skip
    abroad = a_request(city="Toronto", state="ON", zip="M5V 2T6", country="CA", street2="")
    return replace(abroad, customs=Customs(items=(mugs,), signer="North DC"))
