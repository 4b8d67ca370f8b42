"""The verdicts' shapes, one constructor each, with the cue of the UX paper's section 7."""

from dataclasses import replace

from wms.domain.codes import Code, CodeKind, Command, readable
from wms.domain.saying import Said, say, say_some
from wms.services.scans.screens import Card, Feedback, Keypad

_LAST = 8
# Whole sentences, for a word is bent otherwise in each of them in most languages.
_THAT_IS = {
    CodeKind.LOCATION: say("That is a SHELF"),
    CodeKind.PRODUCT: say("That is a PRODUCT"),
    CodeKind.TOTE: say("That is a TOTE"),
    CodeKind.CART: say("That is a CART"),
    CodeKind.SLOT: say("That is a SLOT"),
    CodeKind.ORDER: say("That is an ORDER"),
    CodeKind.BADGE: say("That is a BADGE"),
    CodeKind.CARTON: say("That is a CARTON"),
    CodeKind.PACKAGE: say("That is a PACKAGE"),
    CodeKind.QUANTITY: say("That is a QUANTITY"),
    CodeKind.STATION: say("That is a STATION"),
    CodeKind.LANE: say("That is a LANE"),
    CodeKind.RECEIPT: say("That is a RECEIPT"),
}
# What each screen wants, as `Screen.wants` says it.
ASKS = {
    "answer": say("YES or NO?"),
    "badge": say("Scan the BADGE"),
    "cart": say("Scan the CART"),
    "dock": say("Scan the DOCK"),
    "done": say("Press OK"),
    "hold lane": say("Scan HOLD LANE"),
    "insert": say("Scan the INSERT"),
    "item": say("Scan the ITEM"),
    "label": say("Scan the LABEL"),
    "lane": say("Scan the LANE"),
    "location": say("Scan the SHELF"),
    "lot": say("Scan the LOT"),
    "nothing": say("Wait"),
    "package": say("Scan the PACKAGE"),
    "reason": say("Say why"),
    "red tote": say("Scan RED TOTE"),
    "serial": say("Scan the SERIAL"),
    "station": say("Scan the STATION"),
    "tote": say("Scan the TOTE"),
    "weight": say("Weigh the box"),
}
# The words on the command cards.
COMMANDS = {
    Command.SHORT: say("SHORT"),
    Command.NONE_HERE: say("NONE HERE"),
    Command.DAMAGED: say("DAMAGED"),
    Command.SKIP: say("SKIP"),
    Command.TOTE_FULL: say("TOTE FULL"),
    Command.UNDO: say("UNDO"),
    Command.SAY_AGAIN: say("SAY AGAIN"),
    Command.DONE: say("DONE"),
    Command.HELP: say("HELP"),
    Command.YES: say("YES"),
    Command.NO: say("NO"),
    Command.REPRINT: say("REPRINT"),
    Command.VOID: say("VOID"),
    Command.OTHER_BOX: say("OTHER BOX"),
    Command.SPLIT: say("SPLIT"),
    Command.WEIGH: say("WEIGH"),
    Command.BREAK: say("BREAK"),
    Command.LOG_OUT: say("LOG OUT"),
    Command.LIGHT_DARK: say("LIGHT DARK"),
    Command.QTY: say("QTY"),
    Command.NO_BARCODE: say("NO BARCODE"),
    Command.REJECT: say("REJECT"),
    Command.OTHER_ITEM_HERE: say("OTHER ITEM"),
    Command.GIVE_BACK: say("GIVE BACK"),
    Command.BLOCKED: say("BLOCKED"),
    Command.TOO_HIGH: say("TOO HIGH"),
    Command.OTHER_PRINTER: say("OTHER PRINTER"),
    Command.OTHER_CARRIER: say("OTHER CARRIER"),
    Command.BROKEN_TOTE: say("BROKEN TOTE"),
    Command.WRONG_ITEM: say("WRONG ITEM"),
    Command.PACKING_SLIP: say("PACKING SLIP"),
    Command.WRONG_PICK: say("WRONG PICK"),
    Command.WRONG_TOTE: say("WRONG TOTE"),
    Command.WRONG_LABEL: say("WRONG LABEL"),
    Command.MISCOUNT: say("MISCOUNT"),
    Command.OTHER: say("OTHER"),
}


def accepted(words: Said) -> Feedback:
    """Say that a step was taken: green bar, tick."""
    return Feedback(tone="ok", cue="step", words=words)


def line_done(words: Said) -> Feedback:
    """Say that a line is done."""
    return Feedback(tone="ok", cue="line", words=words)


def of_gs1(verdict: Feedback, *, lost_separator: bool) -> Feedback:
    """Say of a scan that counts, besides, where the scanner has lost what separates the parts of its GS1 code."""
    if not lost_separator or verdict.tone not in {"ok", "info"}:
        return verdict
    return replace(verdict, words=say("{said}. Scanner loses FNC1", said=verdict.words))


def complete(words: Said) -> Feedback:
    """Say that a tote, an order or a box is complete: full green."""
    return Feedback(tone="ok", cue="complete", words=words)


def told(words: Said) -> Feedback:
    """Say that a command was taken: blue bar."""
    return Feedback(tone="info", cue="command", words=words)


def keypad(words: Said, opens: Keypad) -> Feedback:
    """Ask for what no scan says: the keypad opens."""
    return Feedback(tone="info", cue="command", words=words, opens=opens)


def repeated(words: Said) -> Feedback:
    """Say that it is counted already: amber bar."""
    return Feedback(tone="warn", cue="repeated", words=words)


def changed(words: Said) -> Feedback:
    """Say that somebody else changed what was on screen: full blue, nothing was counted."""
    return Feedback(tone="info", cue="moved", words=words)


def wrong(words: Said) -> Feedback:
    """Say that a scan is wrong here or not possible now: red panel."""
    return Feedback(tone="wrong", cue="wrong", words=words)


def stop(words: Said, *, have: Card | None = None, need: Card | None = None) -> Feedback:
    """Stop at a wrong item, tote or unit: full red with both sides, until the next right scan."""
    return Feedback(tone="wrong", cue="stop", words=words, have=have, need=need)


def so_far(done: int, total: int) -> Said:
    """Count: so many of all."""
    return say("{n} of {total}", n=done, total=total)


def totes_so_far(done: int, total: int) -> Said:
    """Count the totes of an order that are at the bench."""
    return say_some("{done} of {n} tote", "{done} of {n} totes", total, done=done)


def wrong_type(code: Code, wanted: str) -> Feedback:
    """Name what was scanned and what is wanted, or show the end of a code nobody knows."""
    if code.kind is CodeKind.UNKNOWN:
        return unknown(code)
    ask = ASKS[wanted]
    if code.command is not None:
        return wrong(say("{command} means nothing here. {ask}", command=COMMANDS[code.command], ask=ask))
    return wrong(say("{that}. {ask}", that=_THAT_IS[code.kind], ask=ask))


def unknown(code: Code) -> Feedback:
    """Say that a code means nothing here."""
    end = f"...{readable(code.text)[-_LAST:]}"
    return Feedback(tone="wrong", cue="unknown", words=say("Not known: {code}. HELP card", code=end))


NOT_COUNTED = repeated(say("Not counted. Look at the screen"))
