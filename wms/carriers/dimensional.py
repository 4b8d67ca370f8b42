"""What carriers bill a large light box for: its dimensional weight.

Source: UPS and FedEx service guides, valid since 2025-08-18 (each side rounded up to the whole inch, divisor 139), and
USPS Notice 123 (divisor 166, for boxes above one cubic foot). A contract may say another divisor.
"""

from wms.carriers.base import Parcel

_TENTH_MM_PER_INCH = 254
_G_PER_LB = 453.59237


def billed_weight_g(parcel: Parcel, *, divisor: int, above_in3: int = 0) -> int:
    """Return the grams a box is billed for: its weight, or its whole pounds by size where those are more.

    `divisor` is cubic inches a pound (0: by weight alone); boxes of at most `above_in3` cubic inches go by weight.
    """
    sides_in = [
        -(-side_mm * 10 // _TENTH_MM_PER_INCH) for side_mm in (parcel.length_mm, parcel.width_mm, parcel.height_mm)
    ]
    volume_in3 = sides_in[0] * sides_in[1] * sides_in[2]
    if not divisor or volume_in3 <= above_in3:
        return parcel.weight_g
    pounds = -(-volume_in3 // divisor)
    return max(parcel.weight_g, round(pounds * _G_PER_LB))
