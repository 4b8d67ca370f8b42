"""Workers and their badges."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor, Role
from wms.domain.codes import CodeKind, parse, random_code
from wms.domain.people import Worker
from wms.domain.saying import Language
from wms.services.importing.cells import BadRowError, Cells, quoted
from wms.services.importing.kinds import Kind, Outcome, find, keep, keyed, optional, refuse_taken


def _roles(cells: Cells) -> str | None:
    words = [word.lower() for word in cells.several("roles")]
    unknown = [word for word in words if word not in set(Role)]
    if unknown:
        raise BadRowError(f"the role {quoted(unknown[0])} is not one of {', '.join(Role)}")
    return "|".join(role for role in Role if role in words) or None


def _language(cells: Cells) -> str | None:
    word = cells.text("language", 8)
    if word is not None and word.lower() not in set(Language):
        raise BadRowError(f"the language {quoted(word)} is not one of {', '.join(Language)}")
    return word.lower() if word else None


def _badge(cells: Cells) -> str | None:
    text = cells.text("badge", 40)
    if text is None:
        return None
    code = parse(text)
    if code.kind is not CodeKind.BADGE:
        raise BadRowError(f"the badge {quoted(text)} is no badge code: B, eight digits and a check digit")
    return code.text


def fresh_badge(session: Session, actor: Actor) -> str:
    """Return a random badge that no worker carries."""
    while True:
        badge = random_code(CodeKind.BADGE)
        if find(session, actor, Worker, badge=badge) is None:
            return badge


def _keep(session: Session, actor: Actor, cells: Cells) -> Outcome:
    key = {"name": cells.needed("name", 80)}
    badge = _badge(cells)
    refuse_taken(session, actor, Worker, key, "badge", badge)

    def fresh() -> dict[str, object]:
        return {"badge": fresh_badge(session, actor), "roles_text": Role.PICKER.value}

    given: dict[str, object] = {"roles_text": _roles(cells), "badge": badge, "language": _language(cells)}
    given["left_handed"] = cells.yes("left_handed")
    return keep(session, actor, Worker, key, given, fresh)[1]


WORKERS = Kind(
    name="workers",
    about="people with their roles and badges",
    keep=_keep,
    columns=(
        keyed("name", "as greeted on the handheld"),
        optional("roles", f"{'|'.join(Role)}; picker where blank"),
        optional("language", f"of the floor pages: {', '.join(Language)}; en where blank"),
        optional("left_handed", "yes: the buttons of the floor pages swap sides; no where blank"),
        optional("badge", "B code; a random one is made where blank"),
    ),
)
