"""Rules for what is put in beside the goods."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import CodeKind, parse
from wms.domain.inserts import NEEDS_VALUE, Insert, InsertFor
from wms.services.importing.cells import BadRowError, Cells, quoted
from wms.services.importing.kinds import Kind, Outcome, keep, keyed, optional, required
from wms.services.inserting import GIFT_NOTE


def _code(cells: Cells) -> str | None:
    text = cells.text("code", 80)
    if text is None:
        return None
    code = parse(text)
    if code.kind not in {CodeKind.PRODUCT, CodeKind.UNKNOWN}:
        raise BadRowError(f"the code {quoted(text)} is one of our own codes: a {code.kind}")
    return code.text


def _keep(session: Session, actor: Actor, cells: Cells) -> Outcome:
    name, applies = cells.needed("name", 60), cells.word("applies", InsertFor)
    value = cells.text("value", 80) or ""
    if name.lower() == GIFT_NOTE.lower():
        raise BadRowError(f"{quoted(name)} is what a gift's own words are called")
    if applies in NEEDS_VALUE and not value:
        raise BadRowError(f"it applies to one {applies}: say which in value")
    if value and applies not in NEEDS_VALUE:
        raise BadRowError(f"an insert for {applies} takes no value")
    if applies is InsertFor.CARRIER:
        value = value.lower()
    values = {"applies": applies, "value": value, "code": _code(cells), "weight_g": cells.whole("weight_g")}
    return keep(session, actor, Insert, {"name": name}, values)[1]


INSERTS = Kind(
    name="inserts",
    about="cards and samples that go into boxes, confirmed by the packer",
    keep=_keep,
    columns=(
        keyed("name", "what the packer reads, such as Gift card"),
        required("applies", "all, gift, channel, carrier or product"),
        optional("value", "which channel, carrier or SKU"),
        optional("code", "the barcode on it; without one it is confirmed by YES"),
        optional("weight_g", "grams, for the check on the scale"),
    ),
)
