"""Inserts at the bench: each is named, and confirmed by a scan of its code or by YES, before the box is weighed."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, Command
from wms.domain.saying import say
from wms.services import inserting
from wms.services.carriers import labelling
from wms.services.packing.bench import box_anew
from wms.services.packing.screens import PutIn
from wms.services.packing.unit.units import is_unit, scan_unit
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback


def judge(session: Session, actor: Actor, code: Code, screen: PutIn) -> Feedback:
    """Take the insert's own code or YES; a further unit of goods is too many, as everywhere after the last."""
    is_scanned = bool(screen.code) and code.text == screen.code
    if is_scanned or code.command is Command.YES:
        return _confirm(session, actor, screen, scanned=is_scanned)
    if is_unit(session, actor, code):
        return scan_unit(session, actor, screen.bench, code, screen.wants)
    return feedback.wrong_type(code, screen.wants)


def _confirm(session: Session, actor: Actor, screen: PutIn, *, scanned: bool) -> Feedback:
    package = box_anew(session, actor, screen.bench.package_id)
    inserting.confirm(session, actor, screen.insert_id, package, scanned=scanned)
    if package.own_box and not inserting.due(session, actor, package):
        _ = labelling.want(session, actor, package.id)
    return feedback.accepted(say("{name} is in", name=screen.insert))
