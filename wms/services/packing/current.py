"""Which screen a packing station shows: computed from the database alone, whatever was shown before."""

import datetime as dt
from typing import TypedDict

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.codes import Command
from wms.domain.orders import OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.saying import say
from wms.domain.shipping import LabelStatus
from wms.services import inserting
from wms.services.carriers import labelling
from wms.services.carriers.labelling import LabelState
from wms.services.packing import ready, taking
from wms.services.packing.bench import desk, open_bench
from wms.services.packing.box import labels, recounts, scales, several
from wms.services.packing.box.boxes import cartons
from wms.services.packing.on_bench import Bench, Carton, Counted
from wms.services.packing.screens import (
    BoxAndWeigh,
    BuyingLabel,
    CountAgain,
    HoldTote,
    LabelFailed,
    NextTote,
    PackingScreen,
    PutIn,
    RedTote,
    ScanItems,
    ScanLabel,
    ScanStation,
)
from wms.services.packing.tote import totes
from wms.services.packing.unit import red_totes

# After this, a packer whose carrier does not answer may set the order aside.
MAY_LEAVE_S = 30
_WHY = {OrderStatus.CANCELLED: "cancelled", OrderStatus.SHORT: "short"}


class _Facts(TypedDict):
    """What all screens of a box are made from."""

    token: str
    job: str
    done: int
    total: int
    bench: Bench


def current_screen(session: Session, actor: Actor) -> PackingScreen:
    """Return the screen of the station that the worker's session stands at, as the database has it."""
    row = desk(session, actor)
    if row is None:
        return ScanStation()
    if row.is_elsewhere:
        return taking.other_screen(row)
    bench = open_bench(session, actor, row)
    return ready.screen(session, actor, row) if bench is None else _of_box(session, actor, bench)


def _of_box(session: Session, actor: Actor, bench: Bench) -> PackingScreen:
    facts = _Facts(
        token=text_id(bench.package_id), job=bench.number, done=bench.packed, total=bench.wanted, bench=bench
    )
    if bench.order_status is not OrderStatus.PICKED or bench.package_status is not PackageStatus.OPEN:
        return _hold(session, actor, facts)
    if bench.wrong_unit:
        return _red_tote(session, actor, facts)
    if not bench.is_full:
        return _units(session, actor, facts)
    return _after_items(session, actor, facts)


def _after_items(session: Session, actor: Actor, facts: _Facts) -> PackingScreen:
    bench = facts["bench"]
    state = labelling.state(session, actor, bench.package_id)
    if state is None or state.status is LabelStatus.VOIDED:
        return _put_in(session, actor, facts) or _box(session, actor, facts)
    return _label(session, actor, state, facts)


def _hold(session: Session, actor: Actor, facts: _Facts) -> HoldTote:
    bench = facts["bench"]
    lanes = totes.hold_lanes(session, actor)
    facts["token"] = f"hold-{facts['token']}"
    return HoldTote(
        **facts,
        accept=tuple(lane.barcode for lane in lanes) or (Command.YES.value,),
        why=_WHY.get(bench.order_status, "set aside"),
        tote=bench.open_totes[0].code if bench.open_totes else "",
        lanes=tuple(lane.code for lane in lanes),
    )


def _red_tote(session: Session, actor: Actor, facts: _Facts) -> RedTote:
    item = red_totes.item_of(session, actor, facts["bench"])
    accept = red_totes.codes(session, actor)
    return RedTote(**facts, accept=accept, product=item.name if item else "", sku=item.sku if item else "")


def _units(session: Session, actor: Actor, facts: _Facts) -> ScanItems | NextTote:
    bench = facts["bench"]
    in_totes = {row.product_id: bench.in_open_totes(row.product_id) for row in bench.units}
    right = tuple(
        code
        for row in bench.units
        for code, count in row.codes
        if not (row.is_own_box and (bench.here or count > 1))
        and row.left
        and count <= min(row.left, in_totes[row.product_id])
    )
    if not right and bench.other_totes and not any(row.left and in_totes[row.product_id] for row in bench.units):
        return NextTote(**facts, accept=tuple(tote.code for tote in bench.other_totes))
    plan = several.plan(bench, cartons(session, actor))
    screen = ScanItems(**facts, accept=right, carton=plan.carton, takes=plan.takes, more_boxes=plan.more_boxes)
    return several.as_planned(screen)


def _put_in(session: Session, actor: Actor, facts: _Facts) -> PutIn | None:
    package = session.get_one(Package, (actor.warehouse_id, facts["bench"].package_id))
    waiting = inserting.due(session, actor, package)
    if not waiting:
        return None
    insert = waiting[0]
    accept = (insert.code, Command.YES.value) if insert.code else (Command.YES.value,)
    name = say("gift note") if insert.words else insert.name
    return PutIn(**facts, accept=accept, insert_id=insert.id, insert=name, code=insert.code, words=insert.words)


def _box(session: Session, actor: Actor, facts: _Facts) -> BoxAndWeigh | CountAgain:
    bench = facts["bench"]
    carton = several.plan(bench, cartons(session, actor)).carton
    expected_g = bench.expected_g(carton)
    is_far = bool(expected_g) and not bench.fits(bench.weight_g, expected_g)
    counted = recounts.counted(session, actor, bench) if bench.may_be_doubted and is_far else {}
    doubted_g = bench.weight_g if counted else 0
    if doubted_g and sum(counted.values()) < bench.here:
        return _count_again(facts, recounts.rows(bench, counted), carton, expected_g)
    if doubted_g:
        accept: tuple[str, ...] = (f"N{doubted_g}", f"N{expected_g}")
    else:
        accept = (Command.WEIGH.value, f"N{expected_g}") if expected_g else ()
    return BoxAndWeigh(
        **facts,
        accept=accept,
        carton=carton,
        expected_g=expected_g,
        doubted_g=doubted_g,
        scale=scales.word(session, actor, bench),
    )


def _count_again(facts: _Facts, rows: tuple[Counted, ...], carton: Carton | None, expected_g: int) -> CountAgain:
    bench = facts["bench"]
    facts["token"] = f"count-{facts['token']}"
    facts["done"], facts["total"] = sum(row.counted for row in rows), bench.here
    return CountAgain(
        **facts,
        accept=tuple(code for row in rows for code, count in row.codes if count <= row.left),
        carton=carton,
        expected_g=expected_g,
        doubted_g=bench.weight_g,
        rows=rows,
    )


def _label(session: Session, actor: Actor, state: LabelState, facts: _Facts) -> PackingScreen:
    if state.status is LabelStatus.REFUSED:
        reason = labelling.undeclared(session, actor, facts["bench"].package_id) or state.reason
        has_other = bool(labelling.other_services(session, actor, facts["bench"].package_id))
        others = (Command.OTHER_CARRIER.value,) if has_other else ()
        answers = (Command.YES.value, *others, Command.NO.value)
        return LabelFailed(**facts, accept=answers, reason=reason, has_other=has_other)
    if state.status is not LabelStatus.BOUGHT:
        waited_s = _waited_s(state.asked_at, actor)
        is_voiding = state.status is LabelStatus.VOIDING
        is_slow = waited_s >= MAY_LEAVE_S
        return BuyingLabel(
            **facts,
            accept=(),
            is_voiding=is_voiding,
            waited_s=waited_s,
            is_slow=is_slow,
            may_leave=is_slow or is_voiding,
        )
    return ScanLabel(
        **facts,
        accept=state.accept,
        label_id=state.label_id,
        tracking_tail=state.tracking_number[-4:],
        printing=labels.print_word(state),
        print_reason=labels.print_reason(state),
        waited_s=_waited_s(state.bought_at or state.asked_at, actor),
        print_job_id=state.print_job_id,
        copies=state.copies,
        void_refused=labels.void_refused(state),
    )


def _waited_s(since: dt.datetime, actor: Actor) -> int:
    return max(0, int((actor.at - since).total_seconds()))
