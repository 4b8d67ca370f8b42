"""What the fake Shippo remembers: shipments, rates, purchases and refunds, and the faults it can be asked for."""

import threading
from enum import StrEnum
from math import ceil
from typing import Any

from wms.carriers.fake_shippo_borders import undeclared, validated
from wms.carriers.fake_shippo_ways import track_of

OWNER = "owner@example.com"
LATE_S = 0.5
CREATED = "2026-01-05T12:00:00.000Z"
# (provider, service, name, cents for the first kilogram, cents for each further one begun, days); two accounts sell
# the same service.
OFFERS = (
    ("USPS", "usps_ground_advantage", "Ground Advantage", 525, 130, 5),
    ("USPS", "usps_priority", "Priority Mail", 819, 190, 3),
    ("USPS", "usps_priority", "Priority Mail", 985, 210, 3),
    ("UPS", "ups_ground", "Ground", 1040, 110, 4),
    ("FedEx", "fedex_2_day", "2 Day", 1585, 320, 2),
)


class Fault(StrEnum):
    """What may go wrong; without AFTER it happens before anything is bought."""

    THROTTLED = "throttled"
    THROTTLED_FOR_EVER = "throttled, it says for ever"
    BROKEN = "broken"
    HANG = "hang"
    CUT = "cut"
    KEY_ECHOED = "key echoed"
    BROKEN_AFTER = "broken after"
    HANG_AFTER = "hang after"
    CUT_AFTER = "cut after"
    HALF_AN_ANSWER = "half an answer after"
    NO_JSON = "no JSON after"
    REFUSED = "refused by the carrier"
    REFUSED_ODDLY = "refused by the carrier in words no database takes"
    LATE = "broken, and bought a little later"
    FIELDS_MISSING = "fields missing"
    RATE_MISSING = "a list without the rates"
    RATE_AND_KEY_MISSING = "a list without the rates and our keys"
    FIELDS_UNKNOWN = "fields nobody knows"
    ID_MISSING = "no id"
    LABEL_LATE = "no tracking number and no label yet"
    NEW_STATUS_FIRST = "a status nobody knows, then bought"
    NEW_STATUS = "a status nobody knows"
    STAYS_QUEUED = "stays queued"
    QUEUED_FIRST = "queued, then bought"
    QUEUED_IN_VAIN = "queued, then refused by the carrier"
    PDF = "PDF"
    PNG = "PNG"
    LATIN_1 = "a label file in Latin-1"
    NO_LABEL_FILE = "a label file that is none"
    REJECTED_LATER = "taken, and rejected when it is looked at"
    LONG_NUMBER = "a tracking number longer than any"
    ODD_RATES = "rates with numbers that cannot be meant"


# REFUNDREJECTED is paid for ever.
PAID = frozenset({"SUCCESS", "QUEUED", "REFUNDREJECTED"})
FILES = {Fault.PDF: "pdf", Fault.PNG: "png", Fault.LATIN_1: "latin1", Fault.NO_LABEL_FILE: "html"}
LEFT_OUT = {Fault.RATE_MISSING: ("rate",), Fault.RATE_AND_KEY_MISSING: ("rate", "metadata")}
# Half a character, and one that PostgreSQL takes in no text.
ODD_WORDS = "No such street in Z\u00fcrich \ud83d\0"


def _oddly(rate: dict[str, Any]) -> dict[str, Any]:
    """Return a rate of a billion days; of what USPS does not carry it has a price without end in no currency too."""
    odd_price = {} if rate["provider"] == "USPS" else {"amount": "1e999", "currency": "US dollars"}
    return rate | {"estimated_days": 10**9} | odd_price


class NoSuchError(LookupError):
    """There is no such object or address."""


class Refusal(Exception):  # noqa: N818 - what Shippo answers, not a failure of ours
    """A request Shippo answers with 400; `reasons` is the answer."""

    def __init__(self, reasons: dict[str, list[str]]) -> None:
        super().__init__(str(reasons))
        self.reasons = reasons


class Account:
    """One account's objects by kind and id; every method takes and returns what travels as JSON."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counter = 0
        self.objects: dict[str, dict[str, dict[str, Any]]] = {
            "addresses": {}, "shipments": {}, "rates": {}, "transactions": {}, "refunds": {}, "manifests": {},
        }  # fmt: skip
        self.requests: list[dict[str, Any]] = []
        # How far each purchase's box has come.
        self.steps: dict[str, int] = {}
        # Whether carriers tell of a box on its way in words no database takes.
        self.tells_oddly = False

    @property
    def paid(self) -> list[dict[str, Any]]:
        """The purchases that cost money and were not given back."""
        return [found for found in self.objects["transactions"].values() if found["status"] in PAID]

    def get(self, kind: str, object_id: str) -> dict[str, Any]:
        """Return one object; a purchase that was queued is done the next time it is looked at."""
        with self._lock:
            found = self.objects[kind].get(object_id)
            if found is None:
                raise NoSuchError
            answer = dict(found)
            if found.get("queued_once"):
                found.update(status=found.get("ends_as", "SUCCESS"), queued_once=False)
                answer = dict(found)
            if found.get("rejected_later"):
                self._decide(found, rejected=True)
                answer = dict(found)
            return answer

    def list_transactions(self, rate: str, fault: Fault | None = None) -> dict[str, Any]:
        """Return the purchases of a rate, newest first, as one page."""
        left_out = LEFT_OUT.get(fault, ()) if fault else ()
        with self._lock:
            found = [
                {name: value for name, value in each.items() if name not in left_out}
                for each in self.objects["transactions"].values()
                if rate in {"", each["rate"]}
            ]
        return {"next": None, "previous": None, "results": found[::-1]}

    def create_shipment(self, body: dict[str, Any], fault: Fault | None = None) -> dict[str, Any]:
        """Return a shipment with a rate for each offer; refuses a body without its parts or its customs declaration."""
        missing = [name for name in ("address_from", "address_to", "parcels") if not body.get(name)]
        if missing:
            raise Refusal({name: ["This field is required."] for name in missing})
        if lacks := undeclared(body):
            raise Refusal({"customs_declaration": lacks})
        with self._lock:
            self.requests.append(body)
            shipment = self._new("shipments", status="SUCCESS", metadata=body.get("metadata", ""), messages=[])
            weight_g = float(body["parcels"][0]["weight"])
            shipment["rates"] = [self._rate(shipment["object_id"], offer, weight_g) for offer in OFFERS]
            if fault is Fault.ODD_RATES:
                return shipment | {"rates": [_oddly(rate) for rate in shipment["rates"]]}
            return dict(shipment)

    def create_address(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return an address as the post office writes it, validated where that is asked for."""
        with self._lock:
            self.requests.append(body)
            return dict(self._new("addresses", **validated(body)))

    def create_transaction(self, body: dict[str, Any], fault: Fault | None, url: str) -> dict[str, Any]:
        """Return a purchase of `rate`; it costs money unless refused. `url` is where label files are."""
        with self._lock:
            self.requests.append(body)
            if body.get("rate") not in self.objects["rates"]:
                raise Refusal({"rate": ["Rate with supplied object_id not found."]})
            bought = self._new(
                "transactions", status="SUCCESS", rate=body["rate"], metadata=body.get("metadata", ""),
                messages=[], created_by=None, label_file_type=body.get("label_file_type"), test=True,
            )  # fmt: skip
            digits = 92 if fault is Fault.LONG_NUMBER else 14
            bought["tracking_number"] = f"94001118{self._counter:0{digits}d}"
            kind = FILES.get(fault, "zpl") if fault else "zpl"
            bought["label_url"] = f"{url}/labels/{bought['object_id']}.{kind}"
            return self._spoil(bought, fault)

    def create_refund(self, body: dict[str, Any], fault: Fault | None = None) -> dict[str, Any]:
        """Return a refund of a purchase, pending as with most carriers, or ERROR; refuses a second one."""
        with self._lock:
            self.requests.append(body)
            bought = self.objects["transactions"].get(str(body.get("transaction")))
            if bought is None or bought["status"] != "SUCCESS":
                raise Refusal({"transaction": ["This transaction cannot be refunded."]})
            if fault is Fault.REFUSED:
                return dict(self._new("refunds", status="ERROR", transaction=bought["object_id"], test=True))
            bought.update(status="REFUNDPENDING", rejected_later=fault is Fault.REJECTED_LATER)
            return dict(self._new("refunds", status="PENDING", transaction=bought["object_id"], test=True))

    def decide_refunds(self, *, rejected: bool = False) -> None:
        """Bring each pending refund to its end, as the companies that carry do after days."""
        with self._lock:
            for bought in self.objects["transactions"].values():
                if bought["status"] == "REFUNDPENDING":
                    self._decide(bought, rejected=rejected)

    def _decide(self, bought: dict[str, Any], *, rejected: bool) -> None:
        bought.update(status="REFUNDREJECTED" if rejected else "REFUNDED", rejected_later=False)
        bought["messages"] = [{"source": "USPS", "code": "", "text": "The label was used."}] if rejected else []
        for refund in self.objects["refunds"].values():
            if refund["transaction"] == bought["object_id"]:
                refund["status"] = "ERROR" if rejected else "SUCCESS"

    def create_manifest(self, body: dict[str, Any], fault: Fault | None, url: str) -> dict[str, Any]:
        """Return a manifest of purchases, queued where asked to be; a purchase on two makes an ERROR."""
        with self._lock:
            self.requests.append(body)
            unknown = [one for one in body.get("transactions", []) if one not in self.objects["transactions"]]
            if unknown or not body.get("carrier_account"):
                raise Refusal({"transactions": ["Transaction with supplied object_id not found."]})
            taken = {one for each in self.standing_manifests for one in each["transactions"]}
            made = self._new(
                "manifests", status="QUEUED" if body.get("async") else "SUCCESS", queued_once=bool(body.get("async")),
                transactions=body["transactions"], carrier_account=body["carrier_account"], provider="usps", errors=[],
            )  # fmt: skip
            made["documents"] = [f"{url}/labels/{body['transactions'][0]}.pdf"]
            if fault is Fault.REFUSED or taken & set(body["transactions"]):
                made.update(
                    status="ERROR", queued_once=False, documents=[], errors=["A label is on a manifest already."]
                )
            return {name: value for name, value in made.items() if fault is not Fault.ID_MISSING or name != "object_id"}

    @property
    def standing_manifests(self) -> list[dict[str, Any]]:
        """The manifests that were not refused."""
        return [each for each in self.objects["manifests"].values() if each["status"] != "ERROR"]

    def list_manifests(self) -> dict[str, Any]:
        """Return all manifests, newest first, as one page."""
        with self._lock:
            return {
                "next": None,
                "previous": None,
                "results": [dict(each) for each in self.objects["manifests"].values()][::-1],
            }

    def track(self, provider: str, number: str) -> dict[str, Any]:
        """Return the way of a purchase's box, as far as it has come; an unknown number is no object here."""
        with self._lock:
            for bought in self.objects["transactions"].values():
                if bought["tracking_number"] == number:
                    steps = self.steps.get(bought["object_id"], 0)
                    return track_of(bought, provider, steps, oddly=self.tells_oddly)
        raise NoSuchError

    def buy_later(self, body: dict[str, Any], url: str) -> None:
        """Take the money for a purchase whose answer has gone, soon: well within the time that `find` must wait."""
        later = threading.Timer(LATE_S, self.create_transaction, (body, None, url))
        later.daemon = True
        later.start()

    def _spoil(self, bought: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
        if fault in {Fault.REFUSED, Fault.REFUSED_ODDLY}:
            bought.update(status="ERROR", tracking_number="", label_url="")
            words = "The address is not deliverable." if fault is Fault.REFUSED else ODD_WORDS
            bought["messages"] = [{"source": "USPS", "code": "", "text": words}]
        elif fault in {Fault.STAYS_QUEUED, Fault.QUEUED_FIRST}:
            bought.update(status="QUEUED", queued_once=fault is Fault.QUEUED_FIRST)
        elif fault is Fault.QUEUED_IN_VAIN:
            bought.update(status="QUEUED", queued_once=True, ends_as="ERROR")
        elif fault is Fault.FIELDS_MISSING:
            needed = ("object_id", "status", "rate", "tracking_number", "label_url")
            return {name: bought[name] for name in needed} | {"eta": ""}
        elif fault is Fault.NEW_STATUS:
            bought["status"] = "UNDER_REVIEW"
        elif fault is Fault.NEW_STATUS_FIRST:
            return bought | {"status": "UNDER_REVIEW"}
        elif fault is Fault.FIELDS_UNKNOWN:
            return bought | {"object_state": "VALID", "carbon": {"grams": 12}, "tracking_history": [None], "qr": []}
        elif fault is Fault.ID_MISSING:
            return {name: value for name, value in bought.items() if name != "object_id"}
        elif fault is Fault.LABEL_LATE:
            return bought | {"tracking_number": None, "label_url": ""}
        return dict(bought)

    def _rate(self, shipment_id: str, offer: tuple[str, str, str, int, int, int], weight_g: float) -> dict[str, Any]:
        provider, token, name, first, further, days = offer
        cents = first + further * max(0, ceil(weight_g / 1000) - 1)
        price = f"{cents // 100}.{cents % 100:02d}"
        return self._new(
            "rates", shipment=shipment_id, provider=provider, amount=price, currency="USD", amount_local=price,
            currency_local="USD", servicelevel={"name": name, "token": token}, estimated_days=days, attributes=[],
            carrier_account=f"{OFFERS.index(offer) + 1:032x}",
        )  # fmt: skip

    def _new(self, kind: str, **fields: Any) -> dict[str, Any]:
        self._counter += 1
        made = {"object_id": f"{self._counter:032x}", "object_owner": OWNER, "object_created": CREATED, **fields}
        self.objects[kind][made["object_id"]] = made
        return made
