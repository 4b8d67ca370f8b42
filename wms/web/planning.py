"""Wave pages: choose a collection, see the wave that would be, release it with one button, take it back."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from wms.database import db, reading, transaction
from wms.domain.actor import Role
from wms.domain.base import id_of, text_id
from wms.domain.errors import BadInputError, DomainError
from wms.services import planning
from wms.services.picking.walk import giving_back
from wms.services.picking.walk.giving_back import GivenBack
from wms.services.planning import Released, coming, overview, parting, recalling, replanning, undoing
from wms.services.planning import again as planning_again
from wms.services.planning import preview as planning_preview
from wms.services.planning.numbers import desk_numbers
from wms.services.planning.replanning import Replanned
from wms.services.planning.selection import MAX_ORDERS, CollectionKey, Rules, collection_key
from wms.web import sessions

blueprint = flask.Blueprint("planning", __name__, url_prefix="/desk/waves")
needs_supervisor = sessions.needs(Role.SUPERVISOR)

_SEE_OTHER = 303
_UNREADABLE = 422
_MAX_TOTES = 200
_MAX_PICKERS = 100
_SINGLES: Mapping[str, bool | None] = {"": None, "share": True, "own": False}
_WALL: Mapping[str, bool | None] = {"": None, "wall": True, "own": False}


@blueprint.get("/")
@needs_supervisor
def home() -> str:
    """Show the coming collections and the latest waves."""
    with transaction(db.engine) as session:
        planning_preview.refresh(session, flask.g.actor)
    with reading(db.engine) as session:
        collections = coming.collection_rows(session, flask.g.actor)
        waves = overview.wave_rows(session, flask.g.actor)
        numbers = desk_numbers(session, flask.g.actor)
    return flask.render_template("planning/waves.html", collections=collections, waves=waves, numbers=numbers)


@blueprint.get("/new")
@needs_supervisor
def preview() -> ResponseReturnValue:
    """Show the wave that would be released by the rules in the address."""
    asked = flask.request.args
    key = collection_key(asked.get("collection", ""))
    try:
        rules = _rules(asked)
    except BadInputError as error:
        return _preview_page(key, Rules(), asked, str(error)), _UNREADABLE
    return _preview_page(key, rules)


def _preview_page(key: CollectionKey, rules: Rules, typed: Mapping[str, str] | None = None, wrong: str = "") -> str:
    """Render the wave of some rules; `typed` and `wrong`: what was asked for instead, and why it cannot be."""
    shown = planning_preview.preview(_open, flask.g.actor, key, rules)
    standing = {
        "max_orders": rules.max_orders,
        "totes": rules.totes_a_cart,
        "pickers": rules.pickers,
        "singles": next(name for name, wanted in _SINGLES.items() if wanted is rules.shares_singles),
        "wall": next(name for name, wanted in _WALL.items() if wanted is rules.sorts_at_wall),
    }
    return flask.render_template(
        "planning/preview.html",
        preview=shown,
        order_ids=",".join(text_id(order_id) for order_id in shown.order_ids),
        fields={name: typed.get(name, "") if typed else number or "" for name, number in standing.items()},
        wrong=wrong,
    )


@blueprint.post("/")
@needs_supervisor
def release() -> ResponseReturnValue:
    """Release the orders that were shown, as far as they can still walk."""
    form = flask.request.form
    key = collection_key(form.get("collection", ""))
    shown = [id_of(text) for text in form.get("orders", "").split(",") if text]
    rules = replace(_rules(form), only=frozenset(shown) if shown else None)
    return _after(planning.plan_wave(_open, flask.g.actor, key, rules))


@blueprint.get("/<wave>")
@needs_supervisor
def wave(wave: str) -> str:
    """Show one wave with its batches and orders."""
    with reading(db.engine) as session:
        page = overview.wave_page(session, flask.g.actor, id_of(wave))
    return flask.render_template("planning/wave.html", page=page, wave=page.wave)


@blueprint.post("/<wave>/take-back")
@needs_supervisor
def take_back(wave: str) -> ResponseReturnValue:
    """Take a released wave back, or say why it cannot be."""
    try:
        with transaction(db.engine) as session:
            orders = undoing.take_back(session, flask.g.actor, id_of(wave))
    except DomainError as error:
        flask.flash(str(error), "wrong")
        return flask.redirect(flask.url_for("planning.wave", wave=wave), _SEE_OTHER)
    flask.flash(f"Taken back. {_count(orders, 'order')} wait again.", "ok")
    return flask.redirect(flask.url_for("planning.home"), _SEE_OTHER)


@blueprint.post("/<wave>/recall")
@needs_supervisor
def recall(wave: str) -> ResponseReturnValue:
    """Take back what nobody has begun of a wave that is being picked, or say why not."""
    try:
        with transaction(db.engine) as session:
            done = recalling.recall(session, flask.g.actor, id_of(wave))
    except DomainError as error:
        flask.flash(str(error), "wrong")
    else:
        lack = f" {_count(done.lacking, 'order')} of them now lack stock." if done.lacking else ""
        finished = f" {_count(done.finishing, 'begun order')} will be finished." if done.finishing else ""
        flask.flash(f"Recalled. {_count(done.back, 'order')} wait again.{lack}{finished}", "ok")
    return flask.redirect(flask.url_for("planning.wave", wave=wave), _SEE_OTHER)


@blueprint.post("/<wave>/again")
@needs_supervisor
def again(wave: str) -> ResponseReturnValue:
    """Plan the walks anew that nobody has begun, with the orders that came since; or say why not."""
    try:
        done = replanning.plan_again(_open, flask.g.actor, id_of(wave))
    except DomainError as error:
        flask.flash(str(error), "wrong")
    else:
        flask.flash(_planned_again(done), "ok")
    return flask.redirect(flask.url_for("planning.wave", wave=wave), _SEE_OTHER)


@blueprint.post("/<wave>/<batch>/give-back")
@needs_supervisor
def give_back(wave: str, batch: str) -> ResponseReturnValue:
    """Give a walk back whose worker has left: it waits for whoever scans its cart; or say why it cannot be."""
    try:
        with transaction(db.engine) as session:
            given = giving_back.give_back_for(session, flask.g.actor, id_of(batch))
    except DomainError as error:
        flask.flash(str(error), "wrong")
        return flask.redirect(flask.url_for("planning.wave", wave=wave), _SEE_OTHER)
    laid = "".join(f" Put {units} x {sku} back on {location}." for units, sku, location in given.in_hand)
    flask.flash(f"{given.batch} {_goes_on(given)}.{laid}", "warn" if laid else "ok")
    return flask.redirect(flask.url_for("planning.wave", wave=wave), _SEE_OTHER)


@blueprint.post("/<wave>/<batch>/split")
@needs_supervisor
def split(wave: str, batch: str) -> ResponseReturnValue:
    """Make a walk of each zone out of one that nobody has begun, or say why not."""
    try:
        with transaction(db.engine) as session:
            walks = parting.split_by_zone(session, flask.g.actor, id_of(batch))
    except DomainError as error:
        flask.flash(str(error), "wrong")
    else:
        names = ", ".join(walk.name for walk in walks)
        flask.flash(f"Split into {names}. Parts of an order meet in a consolidation lane.", "ok")
    return flask.redirect(flask.url_for("planning.wave", wave=wave), _SEE_OTHER)


@blueprint.post("/<wave>/resume")
@needs_supervisor
def resume(wave: str) -> ResponseReturnValue:
    """Plan a draft to its end whose planner died."""
    return _after(planning.resume(_open, flask.g.actor, id_of(wave)))


@blueprint.post("/<wave>/undo")
@needs_supervisor
def undo(wave: str) -> ResponseReturnValue:
    """Give the orders of such a draft back."""
    with transaction(db.engine) as session:
        orders = undoing.undo_draft(session, flask.g.actor, id_of(wave))
    flask.flash(f"Undone. {_count(orders, 'order')} wait again.", "ok")
    return flask.redirect(flask.url_for("planning.home"), _SEE_OTHER)


@blueprint.get("/short")
@needs_supervisor
def short_orders() -> str:
    """Show the short orders and what each lacks."""
    with reading(db.engine) as session:
        orders = planning_again.short_orders(session, flask.g.actor)
    return flask.render_template("planning/short.html", orders=[(text_id(order.order_id), order) for order in orders])


@blueprint.post("/short/<order>/pick-again")
@needs_supervisor
def pick_again(order: str) -> ResponseReturnValue:
    """Send a picker for the missing units, or say why not."""
    with transaction(db.engine) as session:
        again = planning_again.pick_again(session, flask.g.actor, id_of(order))
    if again.batch:
        flask.flash(f"{again.number}: missing units are in {again.batch}.", "ok")
    else:
        flask.flash(f"{again.number}: {again.reason}", "warn")
    return flask.redirect(flask.url_for("planning.short_orders"), _SEE_OTHER)


def _open() -> AbstractContextManager[Session]:
    return transaction(db.engine)


def _after(done: Released) -> ResponseReturnValue:
    left_out = (
        f" {_count(len(done.out), 'order')} left out: {done.out[0].number} {done.out[0].reason}" if done.out else ""
    )
    if done.wave_id is None:
        flask.flash(f"No order was released.{left_out or ' They were released or held meanwhile.'}", "warn")
        return flask.redirect(flask.url_for("planning.home"), _SEE_OTHER)
    words = f"Wave {done.number}: {_count(done.orders, 'order')} in {_count(done.batches, 'batch')}."
    flask.flash(f"{words}{left_out}", "ok")
    return flask.redirect(flask.url_for("planning.wave", wave=text_id(done.wave_id)), _SEE_OTHER)


def _goes_on(given: GivenBack) -> str:
    if given.cart is None:
        return "is over. All its orders were cancelled"
    return f"goes on when {given.cart} is scanned" if given.cart else "waits for any cart"


def _planned_again(done: Replanned) -> str:
    stuck = f" {done.stuck}" if done.stuck else ""
    if not done.batches:
        return f"Wave {done.number} stays as it is: nothing joined it, and no walk can be shorter.{stuck}"
    joined = f"{_count(done.joined, 'order')} joined, " if done.joined else ""
    metres = f"{abs(done.saved_m):.0f} m {'less' if done.saved_m >= 0 else 'more'}"
    return f"Wave {done.number}: {joined}{_count(done.batches, 'batch')} new, {metres}.{stuck}"


def _count(number: int, thing: str) -> str:
    plural = f"{thing}es" if thing.endswith("ch") else f"{thing}s"
    return f"{number} {thing if number == 1 else plural}"


def _rules(asked: Mapping[str, str]) -> Rules:
    return Rules(
        max_orders=_number(asked.get("max_orders", ""), "Orders", Rules().max_orders, MAX_ORDERS),
        totes_a_cart=_number(asked.get("totes", ""), "Totes a cart", 0, _MAX_TOTES),
        pickers=_number(asked.get("pickers", ""), "Pickers", 0, _MAX_PICKERS),
        shares_singles=_choice(asked.get("singles", ""), "Orders of one unit", _SINGLES),
        sorts_at_wall=_choice(asked.get("wall", ""), "Orders of several units", _WALL),
    )


def _choice(text: str, field: str, choices: Mapping[str, bool | None]) -> bool | None:
    if text not in choices:
        raise BadInputError(f"{field}: give {' or '.join(filter(None, choices))}, or nothing.")
    return choices[text]


def _number(text: str, field: str, default: int, most: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(most)) or int(text) > most:
        raise BadInputError(f"{field}: give a whole number from 0 to {most}.")
    return int(text) or default
