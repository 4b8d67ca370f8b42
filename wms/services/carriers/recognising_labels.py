"""Whose label a scanned text is: by its tracking number, by a code that was read on it, or by a longer code's end."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import plain
from wms.domain.orders import Order
from wms.domain.packing import Package, PackageStatus
from wms.domain.shipping import AnyLabel, LabelStatus, LabelWay

_SHORTEST_PART = 8
# Carriers' bars hold 34 digits at most (FedEx); of longer texts, which are two-dimensional codes, only ends are tried.
_LONGEST_WHOLE = 48
_OUT = AnyLabel.way == LabelWay.OUT
_VOID = (LabelStatus.VOIDING, LabelStatus.VOIDED)


def packages_by_label(session: Session, actor: Actor, code_text: str) -> set[int]:
    """Return the packages whose bought label a text is; more than one only where all fit equally well."""
    return _packages(session, actor, code_text, _OUT, AnyLabel.status == LabelStatus.BOUGHT)


def packages_by_any_label(session: Session, actor: Actor, code_text: str) -> set[int]:
    """Return the packages of which any label, either way and whatever became of it, is the text."""
    return _packages(session, actor, code_text)


def is_label_of(session: Session, actor: Actor, package_id: int, code_text: str) -> bool:
    """Tell whether a scanned text is the bought label of this package and of no other."""
    return packages_by_label(session, actor, code_text) == {package_id}


def owner_of(session: Session, actor: Actor, code_text: str, *, but: int = 0) -> str | None:
    """Return the number of the order whose label a text is, or None; `but` is a package named only if it is alone."""
    found = packages_by_label(session, actor, code_text)
    if not found:
        return None
    return session.scalars(
        select(Order.number)
        .join(Package, and_(Package.warehouse_id == Order.warehouse_id, Package.order_id == Order.id))
        .where(Package.warehouse_id == actor.warehouse_id, Package.id.in_(found - {but} or found))
        .order_by(Package.id)
        .limit(1)
    ).one_or_none()


def is_voided(session: Session, actor: Actor, code_text: str) -> bool:
    """Tell whether a scanned text is that of a label given back to its carrier."""
    return bool(_packages(session, actor, code_text, _OUT, AnyLabel.status.in_(_VOID)))


def _packages(session: Session, actor: Actor, code_text: str, *of: ColumnElement[bool]) -> set[int]:
    """Return the packages with a label, as `of` says, that fits a text best; those that left, if no other does.

    Best is the tracking number itself, then a code that was read on the label, then the longest end of the text.
    """
    text = plain(code_text)
    # A number that passes for a GTIN was padded to 14 digits when it was parsed.
    whole = {text[zeros:] for zeros in range(len(text) - len(text.lstrip("0")) + 1)} - {""}
    rows = session.execute(_labels(actor).where(AnyLabel.tracking_number.in_({*whole, *_parts(text)}), *of)).all()
    if not rows and len(text) >= _SHORTEST_PART:
        # The number may stand within a long text, or be a short one: boxes at benches are tried.
        rows = session.execute(_labels(actor).where(Package.status == PackageStatus.OPEN, *of)).all()
    in_house = PackageStatus.OPEN, PackageStatus.SEALED
    fits: dict[int, set[tuple[int, bool]]] = {}
    for row in rows:
        fit = _fit(text, whole, row.tracking_number, row.barcodes)
        fits.setdefault(fit, set()).add((row.package_id, row.status in in_house))
    best = fits[max(fits)] if fits and max(fits) else set()
    return {package for package, is_here in best if is_here} or {package for package, _ in best}


def _labels(actor: Actor) -> Select[int, str, list[str], PackageStatus]:
    return (
        select(AnyLabel.package_id, AnyLabel.tracking_number, AnyLabel.barcodes, Package.status)
        .join(Package, and_(Package.warehouse_id == AnyLabel.warehouse_id, Package.id == AnyLabel.package_id))
        .where(AnyLabel.warehouse_id == actor.warehouse_id)
    )


def _fit(text: str, whole: set[str], number: str, barcodes: list[str]) -> int:
    """Return how well a label fits a text, 0 for not at all."""
    if number in whole:
        return len(text) + 2
    if not whole.isdisjoint(map(plain, barcodes)):
        return len(text) + 1
    return len(number) if len(number) >= _SHORTEST_PART and text.endswith(number) else 0


def _parts(text: str) -> Iterator[str]:
    """Yield the tracking numbers that a longer code may hold."""
    ends = range(_SHORTEST_PART, len(text) + 1) if len(text) <= _LONGEST_WHOLE else [len(text)]
    for end in ends:
        for start in range(end - _SHORTEST_PART + 1):
            yield text[start:end]
