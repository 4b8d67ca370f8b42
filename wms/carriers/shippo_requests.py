"""What goes to Shippo: our facts in the words of its API."""

from decimal import Decimal

from shippo.models import components

from wms.carriers.base import Address, Parcel, RefusedError, ShipmentRequest
from wms.carriers.customs import CustomsItem
from wms.carriers.shippo_answers import OBJECT_ID
from wms.carriers.shippo_wire import NAME

# Their returns are paid when they are used, and Shippo turns the addresses round by itself (docs, "Returns").
PAY_ON_USE = ("usps_", "ups_", "fedex_")
# The one carrier that Shippo tells of hazardous goods (its document, DangerousGoodsObject).
TOLD_OF_HAZARDS = "usps_"
# Exports from the US up to so much of one product need no filing (15 CFR 30.37a); dearer ones need a number we lack.
_UNFILED_USD = Decimal(2500)


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
        extra=_extra(request, is_turned_there=is_turned_there),
        customs_declaration=_declaration(request),
        metadata=request.reference,
        async_=False,
    )


def _extra(request: ShipmentRequest, *, is_turned_there: bool) -> components.ShipmentExtra | None:
    if not is_turned_there and not request.is_hazardous:
        return None
    return components.ShipmentExtra(
        is_return=True if is_turned_there else None,
        dangerous_goods=components.DangerousGoodsObject(contains=True) if request.is_hazardous else None,
    )


def _declaration(request: ShipmentRequest) -> components.CustomsDeclarationCreateRequest | None:
    if request.customs is None:
        return None
    contents = components.CustomsDeclarationContentsTypeEnum
    return components.CustomsDeclarationCreateRequest(
        certify=True,
        certify_signer=request.customs.signer,
        contents_type=contents.RETURN_MERCHANDISE if request.is_return else contents.MERCHANDISE,
        non_delivery_option=components.CustomsDeclarationNonDeliveryOptionEnum.RETURN,
        incoterm=components.CustomsDeclarationIncotermEnum(request.customs.incoterm),
        eel_pfc=_why_not_filed(request),
        invoice=request.order_number,
        items=[_item(item) for item in request.customs.items],
    )


def _why_not_filed(request: ShipmentRequest) -> components.CustomsDeclarationEelPfcEnum | None:
    """Return by which rule an export from the US is not filed; None where it is none, or would have to be."""
    if request.from_address.country != "US" or request.customs is None:
        return None
    if request.to_address.country == "CA":
        return components.CustomsDeclarationEelPfcEnum.NOEEI_30_36
    is_small = all(item.currency == "USD" and Decimal(item.value) <= _UNFILED_USD for item in request.customs.items)
    return components.CustomsDeclarationEelPfcEnum.NOEEI_30_37_A if is_small else None


def _item(item: CustomsItem) -> components.CustomsItemCreateRequest:
    return components.CustomsItemCreateRequest(
        description=item.description,
        quantity=item.quantity,
        net_weight=str(item.net_weight_g),
        mass_unit=components.WeightUnitEnum.G,
        value_amount=item.value,
        value_currency=item.currency,
        origin_country=item.origin_country,
        hs_code=item.hs_code or None,
        sku_code=item.sku,
    )


def checked_id(object_id: str) -> str:
    """Return an id that is fit for an address; RefusedError for what is none."""
    if not OBJECT_ID.fullmatch(object_id):
        raise RefusedError(f"{object_id!r} is no id of Shippo's.", carrier=NAME)
    return object_id


def address_of(address: Address, *, validate: bool | None = None) -> components.AddressCreateRequest:
    """Return an address as Shippo takes it; `validate` asks whether a box can go there."""
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
        validate=validate,
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
