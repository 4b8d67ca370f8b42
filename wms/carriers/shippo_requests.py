"""What goes to Shippo: our facts in the words of its API."""

from shippo.models import components

from wms.carriers.base import Address, Parcel, RefusedError, ShipmentRequest
from wms.carriers.shippo_answers import OBJECT_ID
from wms.carriers.shippo_wire import NAME

# Their returns are paid when they are used, and Shippo turns the addresses round by itself (docs, "Returns").
PAY_ON_USE = ("usps_", "ups_", "fedex_")


def shipment_of(request: ShipmentRequest) -> components.ShipmentCreateRequest:
    """Return a box as Shippo takes it; a return by the ways that Shippo has for its carrier."""
    is_turned_there = request.is_return and request.service.startswith(PAY_ON_USE)
    sender, receiver = request.from_address, request.to_address
    if is_turned_there:
        sender, receiver = receiver, sender
    return components.ShipmentCreateRequest(
        address_from=address_of(sender),
        address_to=address_of(receiver),
        parcels=[parcel_of(request.parcel)],
        extra=components.ShipmentExtra(is_return=True) if is_turned_there else None,
        metadata=request.reference,
        async_=False,
    )


def checked_id(object_id: str) -> str:
    """Return an id that is fit for an address; RefusedError for what is none."""
    if not OBJECT_ID.fullmatch(object_id):
        raise RefusedError(f"{object_id!r} is no id of Shippo's.", carrier=NAME)
    return object_id


def address_of(address: Address) -> components.AddressCreateRequest:
    """Return an address as Shippo takes it."""
    return components.AddressCreateRequest(
        name=address.name,
        company=address.company,
        street1=address.street1,
        street2=address.street2,
        city=address.city,
        state=address.state,
        zip=address.zip,
        country=address.country,
        phone=address.phone,
        email=address.email,
    )


def parcel_of(parcel: Parcel) -> components.ParcelCreateRequest:
    """Return a parcel as Shippo takes it: numbers as texts."""
    return components.ParcelCreateRequest(
        weight=str(parcel.weight_g),
        mass_unit=components.WeightUnitEnum.G,
        length=str(parcel.length_mm),
        width=str(parcel.width_mm),
        height=str(parcel.height_mm),
        distance_unit=components.DistanceUnitEnum.MM,
    )
