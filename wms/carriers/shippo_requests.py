"""What goes to Shippo: our facts in the words of its API."""

from shippo.models import components

from wms.carriers.base import Address, Parcel, RefusedError
from wms.carriers.shippo_answers import OBJECT_ID
from wms.carriers.shippo_wire import NAME


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
