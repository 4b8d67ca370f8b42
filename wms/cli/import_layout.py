"""wms import layout: how people walk between locations, given exactly."""

from pathlib import Path

import click

from wms import config
from wms.cli import documents, style
from wms.database import transaction
from wms.domain.errors import BadInputError
from wms.services.planning import layouts

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE, required=False, metavar="FILE.json")
@click.option("--remove", is_flag=True, help="Forget the layout: it is derived from the locations again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def layout(context: click.Context, file: Path | None, remove: bool, as_json: bool) -> None:
    r"""Take in a layout by location codes: aisles and cross aisles, loose aisles, or a table of distances.

    Without one the layout is derived from the locations' coordinates. The file holds the `layout` of
    docs/plan-format.md; `wms export layout` writes the one in use. Exits 1 when pick locations are not on it: their
    orders stay out.

    \b
    Example: wms import layout layout.json
    """
    if (file is None) is not remove:
        raise click.UsageError("Give a FILE.json, or --remove.")
    engine = style.engine_of(config.load())
    with transaction(engine) as session:
        if file is None:
            was_given = layouts.forget(session, style.actor("import"))
            words = "The layout is derived from the locations again." if was_given else "No layout had been given."
            style.say(as_json, {"removed": was_given}, words)
            return
        try:
            given = layouts.give(session, style.actor("import"), documents.read(file))
        except BadInputError as error:
            raise BadInputError(f"{file}: {error}") from error
    facts = {"kind": given.kind, "locations": given.locations, "missing": list(given.missing)}
    words = f"layout: {given.kind}, {given.locations} locations."
    if given.missing:
        words += f"\nNot on it: {layouts.in_words(given.missing)}. Their orders stay out."
    style.say(as_json, facts, words)
    if given.missing:
        context.exit(style.NOT_ALL)
