"""wms unsettled: what is left to settle at the end of the day."""

from collections import Counter

import click

from wms.cli import style
from wms.database import reading
from wms.services import closing


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
def unsettled(as_json: bool) -> int:
    """List what is not settled, and exit 1 where there is anything.

    Labels whose purchase or void is not known, refunds rejected or late, prints that came out or not, sealed boxes not
    handed over, packed orders past their promise, totes not emptied, manifests missing. Example: wms unsettled --json
    """
    with reading(style.engine_of(style.settings_at_hand())) as session:
        ends = closing.loose_ends(session, style.actor("wms unsettled"))
    facts = {
        "unsettled": len(ends),
        "counts": Counter(end.kind.value for end in ends),
        "ends": [
            {"kind": end.kind.value, "text": end.text, "since": end.since and end.since.isoformat()} for end in ends
        ],
    }
    told = [f"{end.text}, since {end.since:%a %d %b %H:%M}" if end.since else end.text for end in ends]
    verdict = f"{len(ends)} not settled." if ends else "Everything is settled."
    style.say(as_json, facts, "\n".join([*told, verdict]))
    return style.NOT_ALL if ends else 0


commands = {"unsettled": unsettled}
