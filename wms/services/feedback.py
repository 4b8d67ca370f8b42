"""The verdicts' shapes, one constructor each, with the cue of the UX paper's section 7."""

from wms.domain.codes import Code, CodeKind
from wms.services.screens import Card, Feedback

_LAST = 8
# What is asked for where no barcode of one type is: the rest is "Scan the ...".
_ASKS = {"answer": "Answer YES or NO", "done": "Press OK", "weight": "Weigh the box"}
# The word that the screens' own instructions use, where it is another than the kind's.
_FLOOR_WORDS = {"location": "shelf"}


def accepted(words: str = "") -> Feedback:
    """Say that a step was taken: green bar, tick."""
    return Feedback(tone="ok", cue="step", words=words)


def line_done(words: str) -> Feedback:
    """Say that a line is done."""
    return Feedback(tone="ok", cue="line", words=words)


def complete(words: str) -> Feedback:
    """Say that a tote, an order or a box is complete: full green."""
    return Feedback(tone="ok", cue="complete", words=words)


def told(words: str) -> Feedback:
    """Say that a command was taken: blue bar."""
    return Feedback(tone="info", cue="command", words=words)


def repeated(words: str) -> Feedback:
    """Say that it is counted already: amber bar."""
    return Feedback(tone="warn", cue="repeated", words=words)


def wrong(words: str) -> Feedback:
    """Say that a scan is wrong here or not possible now: red panel."""
    return Feedback(tone="wrong", cue="wrong", words=words)


def stop(words: str, *, have: Card | None = None, need: Card | None = None) -> Feedback:
    """Stop at a wrong item, tote or unit: full red with both sides, until the next right scan."""
    return Feedback(tone="wrong", cue="stop", words=words, have=have, need=need)


def wrong_type(code: Code, wanted: str) -> Feedback:
    """Name what was scanned and what is wanted, or show the end of a code nobody knows."""
    if code.kind is CodeKind.UNKNOWN:
        return unknown(code)
    ask = _ASKS.get(wanted, f"Scan the {_said(wanted)}")
    if code.command is not None:
        return wrong(f"{code.command.name.replace('_', ' ')} means nothing here. {ask}")
    a = "an" if code.kind.value[0] in "aeiou" else "a"
    return wrong(f"That is {a} {_said(code.kind.value)}. {ask}")


def _said(kind: str) -> str:
    return _FLOOR_WORDS.get(kind, kind).upper()


def unknown(code: Code) -> Feedback:
    """Say that a code means nothing here."""
    return Feedback(tone="wrong", cue="unknown", words=f"Not known: ...{code.text[-_LAST:]}. See the lead")


NOT_COUNTED = Feedback(tone="warn", cue="repeated", words="Not counted. Look at the screen")
