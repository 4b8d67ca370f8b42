"""What a box declares to customs: its goods, who signs for them, and between which countries that is asked for."""

from dataclasses import dataclass

# Within the customs union nothing is declared (Regulation (EU) No 952/2013, article 4).
CUSTOMS_UNION = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()  # noqa: SIM905 - a list of codes reads best as words
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomsItem:
    """So many units of one product; weight and value are those of all of them.

    `value` is a decimal number of `currency` such as "39.80"; `origin_country` is an ISO 3166-1 alpha-2 code.
    """

    sku: str
    description: str
    quantity: int
    net_weight_g: int
    value: str
    currency: str
    origin_country: str
    hs_code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Customs:
    """A declaration; `signer` answers for it, `incoterm` says who pays the duties (DDU: whoever gets the box)."""

    items: tuple[CustomsItem, ...]
    signer: str
    incoterm: str = "DDU"


def crosses_border(sender: str, receiver: str) -> bool:
    """Tell whether a box between two countries goes through customs; where one is not known it does not."""
    one, other = sender.upper(), receiver.upper()
    return bool(one and other) and one != other and not {one, other} <= CUSTOMS_UNION
