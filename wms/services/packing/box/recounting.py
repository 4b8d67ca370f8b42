"""COUNT AGAIN: a box that weighs wrong by learned weights is scanned once more, or the lead accepts it."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor, Role
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.saying import say
from wms.domain.weighing import Recount
from wms.services.packing.box import boxes
from wms.services.packing.screens import CountAgain
from wms.services.packing.unit import singles, units
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback


def judge(session: Session, actor: Actor, code: Code, screen: CountAgain) -> Feedback:
    """Count the unit scanned; UNDO takes the last one out of the box, YES is the lead's word that the box is right."""
    bench = screen.bench
    if code.command is Command.YES:
        return _accept(session, actor, screen)
    if code.command is Command.UNDO:
        return units.undo(session, actor, bench) if bench.totes else singles.give_up(session, actor, bench)
    if code.kind is CodeKind.QUANTITY or code.command is not None:
        return feedback.wrong_type(code, "item")
    item = units.item_of(session, actor, bench, code)
    row = next((row for row in screen.rows if item is not None and row.product_id == item.product_id), None)
    if item is None or row is None or item.units > row.left:
        # Nothing more goes into the box, so that the unit is caught as extra or foreign, or is another box's.
        return units.scan_unit(session, actor, bench, code, screen.wants)
    counted = session.get_one(Recount, (actor.warehouse_id, bench.package_id, row.product_id), populate_existing=True)
    counted.counted += item.units
    session.flush()
    done = screen.done + item.units
    if done == screen.total:
        return feedback.complete(say("All {n} counted. Weigh again", n=screen.total))
    return feedback.accepted(feedback.so_far(done, screen.total))


def _accept(session: Session, actor: Actor, screen: CountAgain) -> Feedback:
    if not actor.may(Role.SUPERVISOR):
        return feedback.wrong(say("Only the lead may. Count again"))
    return boxes.accept(session, actor, screen)
