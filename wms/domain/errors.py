"""The errors of the house. Each carries fields, not only text, and its text is a sentence that says what to do."""

from wms.domain.saying import Said, say


class WmsError(Exception):
    """Root of every error that this program raises on purpose."""

    @property
    def said(self) -> Said:
        """What a floor page says of it: the error's own sentence, in the worker's language where `say` made it."""
        words = self.args[0] if self.args else ""
        return words if isinstance(words, Said) else Said(str(self))


class DomainError(WmsError):
    """A rule of the warehouse would be broken (HTTP 409)."""


class NotFoundError(WmsError):
    """Nothing answers to the name, number or code given (HTTP 404)."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"There is no {kind} {key}.")
        self.kind = kind
        self.key = key


class ConfigError(WmsError):
    """The settings are wrong; lists every mistake at once and stops the program at its start."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("The settings need mending:\n" + "\n".join(f"- {mistake}" for mistake in mistakes))
        self.mistakes = mistakes


class BadInputError(WmsError):
    """What was typed, posted or imported cannot be read; the text says what would be right."""


class IllegalMoveError(DomainError):
    """A thing cannot go from the status it has to the one asked for."""

    def __init__(self, kind: str, now: str, then: str) -> None:
        super().__init__(f"A {kind} that is {now} cannot become {then}.")
        self.kind = kind
        self.now = now
        self.then = then

    @property
    def said(self) -> Said:
        """To a worker it only means that somebody else was faster."""
        return say("It has changed. Look at the screen")


class OutOfStockError(DomainError):
    """A place holds less of a product than the move needs."""

    def __init__(self, *, product_id: int, place_id: int, quantity: int) -> None:
        super().__init__(f"Place {place_id} does not have {quantity} of product {product_id} free.")
        self.product_id = product_id
        self.place_id = place_id
        self.quantity = quantity

    @property
    def said(self) -> Said:
        """A worker knows no numbers of places and products."""
        return say("The books hold too few. See the lead")
