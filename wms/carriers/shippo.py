"""Shippo: real labels for real money through PyPI `shippo` 3.9.0, bought once or not at all."""

import re
import time
from collections.abc import Callable
from dataclasses import replace

from shippo.models import components, operations

from wms.carriers import shippo_manifests
from wms.carriers.base import (
    Address,
    AddressCheck,
    CarrierError,
    InTransit,
    Keep,
    Label,
    ManifestOutcome,
    ManifestRequest,
    Prepared,
    Rate,
    RefusedError,
    ShipmentRequest,
    Track,
    UnavailableError,
    UnsettledError,
    VoidOutcome,
    VoidStatus,
    keep_nothing,
)
from wms.carriers.label_file import LabelFileError, to_zpl
from wms.carriers.shippo_answers import (
    GONE,
    RUNNING,
    STANDING,
    Shipment,
    Transaction,
    UnreadableError,
    read_address_check,
    read_page,
    read_refund,
    read_shipment,
    read_track,
    read_transaction,
)
from wms.carriers.shippo_requests import TOLD_OF_HAZARDS, address_of, checked_id, shipment_of
from wms.carriers.shippo_wire import NAME, ShippoWire, unsettled_by

# The SDK puts both into the address as they are.
TRACKING_NUMBER = re.compile(r"[0-9A-Za-z]{1,60}", re.ASCII)
TRACKING_NUMBER_LENGTH = 60
PROVIDER = re.compile(r"[0-9a-z_]{1,60}", re.ASCII)

# What a transaction's status says about a void, where it says anything: an ERROR was never bought.
GIVEN_BACK = {
    "ERROR": VoidStatus.VOIDED,
    "REFUNDED": VoidStatus.VOIDED,
    "REFUNDPENDING": VoidStatus.PENDING,
    "REFUNDREJECTED": VoidStatus.REFUSED,
}
REFUNDS = {
    "SUCCESS": VoidStatus.VOIDED,
    "QUEUED": VoidStatus.PENDING,
    "PENDING": VoidStatus.PENDING,
    "ERROR": VoidStatus.REFUSED,
}


class ShippoCarrier:
    """A Shippo account. Errors never show the key."""

    name = NAME
    charged = True

    def __init__(
        self,
        *,
        key: str,
        server_url: str,
        connect_timeout_s: float = 5,
        read_timeout_s: float = 45,
        settle_s: float = 120,
        polls: int = 5,
        pause: Callable[[], None] = lambda: time.sleep(2),
    ) -> None:
        """Take the account's key; `polls` is how often, `pause` apart, an unfinished answer is asked for again."""
        self._wire = ShippoWire(key=key, server_url=server_url, timeout_s=(connect_timeout_s, read_timeout_s))
        self.settle_s = settle_s
        self._polls = polls
        self._pause = pause

    def rates(self, request: ShipmentRequest) -> list[Rate]:
        """Return every rate the account's carriers offer, cheapest first; each call makes a new shipment at Shippo."""
        shipment = self._shipment(request)
        rates = [
            Rate(
                carrier=rate.provider,
                service=rate.service,
                amount_cents=rate.amount_cents,
                currency=rate.currency,
                days=rate.days,
                rate_id=rate.rate_id,
                account=rate.account,
            )
            for rate in shipment.rates
        ]
        if not rates:
            reasons = tuple(map(self._wire.without_key, shipment.messages))
            raise RefusedError(
                f"No carrier at Shippo takes this box. {' '.join(reasons)}".strip(), carrier=NAME, reasons=reasons
            )
        if request.is_hazardous:
            rates = [rate for rate in rates if rate.service.startswith(TOLD_OF_HAZARDS)]
            if not rates:
                raise RefusedError("Hazardous: through Shippo only USPS may carry it, and it does not.", carrier=NAME)
        return sorted(rates, key=lambda rate: (rate.amount_cents, rate.rate_id))

    def check_address(self, address: Address) -> AddressCheck:
        """Return what Shippo's validation says of an address."""
        wanted = address_of(address, validate=True)
        try:
            found = read_address_check(self._wire.ask(lambda sdk: sdk.addresses.create(wanted)), address)
        except UnreadableError as error:
            raise UnavailableError(
                f"Shippo's answer about an address cannot be read ({error}).", carrier=NAME
            ) from error
        return replace(found, messages=tuple(map(self._wire.without_key, found.messages)))

    def prepare(self, request: ShipmentRequest) -> Prepared:
        """Return the request with its service's cheapest rate (two accounts of one carrier give two)."""
        rates = self.rates(request)
        for rate in rates:
            if rate.service == request.service:
                return Prepared(request=request, rate=rate)
        if request.is_hazardous and not request.service.startswith(TOLD_OF_HAZARDS):
            raise RefusedError(
                f"Hazardous: Shippo cannot tell {request.service}. Only USPS may carry it.", carrier=NAME
            )
        offered = ", ".join(sorted({rate.service for rate in rates}))
        raise RefusedError(
            f"Shippo does not offer {request.service!r} for this box: choose one of {offered}.", carrier=NAME
        )

    def buy(self, prepared: Prepared, keep: Keep = keep_nothing) -> Label:
        """Buy the label with one POST that is never repeated."""
        wanted = components.TransactionCreateRequest(
            rate=checked_id(prepared.rate.rate_id),
            async_=False,
            label_file_type=components.LabelFileTypeEnum.ZPLII,
            metadata=prepared.request.reference,
        )
        answer = self._wire.ask(lambda sdk: sdk.transactions.create(wanted), spends=True, keep=keep)
        try:
            transaction = read_transaction(answer)
        except UnreadableError as error:
            raise UnsettledError(
                f"Shippo's answer to a purchase cannot be read ({error}): look for the label before buying again.",
                carrier=NAME,
            ) from error
        transaction = self._finish(transaction)
        if transaction.status == "ERROR":
            reasons = tuple(map(self._wire.without_key, transaction.messages))
            raise RefusedError(
                f"The carrier refused the label: {' '.join(reasons) or 'no reason given'}",
                carrier=NAME,
                reasons=reasons,
            )
        return self._label(transaction, prepared)

    def find(self, prepared: Prepared) -> Label | None:
        """Return the standing purchase of the prepared rate; every doubt is an UnsettledError."""
        query = operations.ListTransactionsRequest(rate=checked_id(prepared.rate.rate_id), results=100)
        try:
            page = read_page(self._wire.ask(lambda sdk: sdk.transactions.list(query)))
        except (CarrierError, UnreadableError) as error:
            raise unsettled_by(error, "Whether the label was bought") from error
        standing = [found for found in page.transactions if found.status not in GONE and _is_of(found, prepared)]
        while standing:
            oldest = standing.pop()  # the list is newest first
            oldest = self._finish(oldest)
            if oldest.status not in STANDING:
                continue
            surplus = tuple(more.transaction_id for more in standing)
            try:
                return replace(self._label(oldest, prepared), surplus=surplus)
            except UnsettledError as error:
                error.surplus = surplus
                raise
        if not page.is_last:
            raise UnsettledError("Shippo's list goes on, so the label may be on its next page.", carrier=NAME)
        return None

    def void(self, external_id: str) -> VoidOutcome:
        """Ask for the money back; a transaction already given back is not asked for again."""
        transaction_id = checked_id(external_id)
        try:
            now = read_transaction(self._wire.ask(lambda sdk: sdk.transactions.get(transaction_id)))
            if now.status in GIVEN_BACK:
                reason = self._wire.without_key(" ".join(now.messages))
                return VoidOutcome(status=GIVEN_BACK[now.status], reason=reason)
            if now.status in RUNNING:
                raise UnavailableError(f"Shippo has not decided on the purchase yet ({now.status}).", carrier=NAME)
            try:
                answer = self._wire.ask(lambda sdk: sdk.refunds.create(transaction=transaction_id, async_=False))
            except RefusedError as error:
                if now.status in STANDING:
                    raise
                # Nobody here knows what that status means, so its refusal need not be the last word.
                raise UnavailableError(
                    f"Shippo has not decided on the purchase yet ({now.status}).", carrier=NAME
                ) from error
            status, refund_id = read_refund(answer)
        except UnreadableError as error:
            raise UnavailableError(f"Shippo's answer to a void cannot be read ({error}).", carrier=NAME) from error
        if status not in REFUNDS:
            raise UnavailableError(f"Shippo has not decided on the void yet ({status}).", carrier=NAME)
        return VoidOutcome(status=REFUNDS[status], refund_id=refund_id)

    def find_refund(self, external_id: str, refund_id: str = "") -> VoidOutcome:
        """Return what the purchase says of its refund and, while that is nothing final, the refund itself."""
        transaction_id = checked_id(external_id)
        try:
            now = read_transaction(self._wire.ask(lambda sdk: sdk.transactions.get(transaction_id)))
            status = GIVEN_BACK.get(now.status, VoidStatus.PENDING)
            if status is VoidStatus.PENDING and refund_id:
                asked = checked_id(refund_id)
                said, _ = read_refund(self._wire.ask(lambda sdk: sdk.refunds.get(asked)))
                status = REFUNDS.get(said, VoidStatus.PENDING)
        except UnreadableError as error:
            raise UnavailableError(f"Shippo's answer about a refund cannot be read ({error}).", carrier=NAME) from error
        reason = self._wire.without_key(" ".join(now.messages))
        return VoidOutcome(status=status, reason=reason, refund_id=refund_id)

    def track(self, box: InTransit, keep: Keep = keep_nothing) -> Track:
        """Return what Shippo has heard of a box from the company that carries it."""
        provider, number = box.provider.lower().replace(" ", "_"), box.tracking_number.replace(" ", "")
        if not PROVIDER.fullmatch(provider) or not TRACKING_NUMBER.fullmatch(number):
            raise RefusedError(f"{provider} {number} cannot be asked for at Shippo.", carrier=NAME)
        try:
            return read_track(self._wire.ask(lambda sdk: sdk.tracking_status.get(number, provider), keep=keep))
        except UnreadableError as error:
            raise UnavailableError(f"Shippo's answer about a box cannot be read ({error}).", carrier=NAME) from error

    def manifest(self, request: ManifestRequest, keep: Keep = keep_nothing) -> ManifestOutcome:
        """Have a manifest made with one POST that is never repeated."""
        return shippo_manifests.make(self._wire, request, keep)

    def find_manifest(self, request: ManifestRequest, external_id: str = "") -> ManifestOutcome | None:
        """Return the manifest that holds the request's purchases; every doubt is an UnsettledError."""
        return shippo_manifests.find(self._wire, request, external_id)

    def _shipment(self, request: ShipmentRequest) -> Shipment:
        wanted = shipment_of(request)
        try:
            shipment = read_shipment(self._wire.ask(lambda sdk: sdk.shipments.create(wanted)))
            shipment_id = shipment.shipment_id
            for _ in range(self._polls):
                if shipment.status not in RUNNING:
                    break
                self._pause()
                shipment = read_shipment(self._wire.ask(lambda sdk: sdk.shipments.get(shipment_id)))
        except UnreadableError as error:
            raise UnavailableError(f"Shippo's rates cannot be read ({error}).", carrier=NAME) from error
        return shipment

    def _finish(self, transaction: Transaction) -> Transaction:
        """Return the purchase once it is decided; UnsettledError while it is not."""
        transaction_id = transaction.transaction_id
        for _ in range(self._polls):
            if transaction.status not in RUNNING:
                break
            self._pause()
            try:
                transaction = read_transaction(self._wire.ask(lambda sdk: sdk.transactions.get(transaction_id)))
            except (CarrierError, UnreadableError) as error:
                raise _unsettled(transaction, f"cannot be followed up ({error})") from error
        if transaction.status not in STANDING | GONE:
            raise _unsettled(transaction, f"stands at {transaction.status}")
        return transaction

    def _label(self, transaction: Transaction, prepared: Prepared) -> Label:
        """Return the label of a standing purchase with its file, taken at once: its address expires."""
        if transaction.status not in STANDING:
            raise _unsettled(transaction, f"was given back ({transaction.status})")
        if not transaction.label_url or not transaction.tracking_number:
            raise _unsettled(transaction, "has no label file or no tracking number yet")
        if len(transaction.tracking_number) > TRACKING_NUMBER_LENGTH:
            raise _unsettled(transaction, f"has a tracking number of {len(transaction.tracking_number)} characters")
        try:
            zpl = to_zpl(self._wire.download(transaction.label_url))
        except UnavailableError as error:
            raise _unsettled(transaction, f"has a label file that cannot be had now ({error})") from error
        except LabelFileError as error:
            raise _unsettled(transaction, f"has a label file that cannot be printed: {error}") from error
        return Label(
            carrier=prepared.rate.carrier,
            service=prepared.rate.service,
            tracking_number=transaction.tracking_number,
            zpl=zpl,
            amount_cents=prepared.rate.amount_cents,
            currency=prepared.rate.currency,
            # Carriers' codes hold more than the tracking number, and Shippo does not tell them: the picture knows.
            barcodes=(),
            charged=True,
            external_id=transaction.transaction_id,
        )


def _is_of(found: Transaction, prepared: Prepared) -> bool:
    """Whether a listed purchase is the prepared one's; UnsettledError where nothing on it says whose it is.

    A server that ignores the filter must not hand us somebody else's label, nor one that leaves the rate out hide ours.
    """
    if not found.rate_id and not found.metadata:
        # Its id is not told: what may be somebody else's must not be given back.
        raise UnsettledError("Shippo lists a purchase that may be this label, without its rate.", carrier=NAME)
    return found.rate_id == prepared.rate.rate_id or found.metadata == prepared.request.reference


def _unsettled(transaction: Transaction, what: str) -> UnsettledError:
    return UnsettledError(
        f"Purchase {transaction.transaction_id} {what}: look at it again before buying another label.",
        carrier=NAME,
        external_id=transaction.transaction_id,
        tracking_number=transaction.tracking_number,
    )
