"""Sentences for the supervisor: why an order walks where it does."""


def why_here(due_s: float | None, company: int, added_m: float, alone_m: float, *, is_frozen: bool) -> str:
    """Return a sentence about an order with this cutoff that walks with so many others and adds so many metres."""
    others = f"With {company} other{'s' if company > 1 else ''}" if company else "By itself"
    kept = ", in a frozen batch" if is_frozen else ""
    due = "" if due_s is None else f", {due_in_words(due_s)}"
    walk = f"adds {added_m:.0f} m here, {alone_m:.0f} m alone" if company else f"walks {alone_m:.0f} m"
    return f"{others}{kept}{due}: {walk}."


def lateness_in_words(late_s: float | None) -> str:
    """Return a sentence to add for a late order; None: nobody is left to walk it."""
    return "No picker is left for it." if late_s is None else f"Late by {duration_in_words(late_s)}."


def due_in_words(due_s: float) -> str:
    """Return a cutoff as a worker says it."""
    return f"due in {duration_in_words(due_s)}" if due_s >= 0 else f"due {duration_in_words(-due_s)} ago"


def duration_in_words(seconds: float) -> str:
    """Whole minutes, with hours from an hour on; seconds below a minute, one at least."""
    if seconds < 59.5:  # noqa: PLR2004 - from there on it is rounded to a minute
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
