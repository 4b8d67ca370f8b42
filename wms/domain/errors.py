"""The errors of the house. Each carries fields, not only text, and its text is a sentence that says what to do."""


class WmsError(Exception):
    """Root of every error that this program raises on purpose."""


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


class OutOfStockError(DomainError):
    """A place holds less of a product than the move needs."""

    def __init__(self, *, product_id: int, place_id: int, quantity: int) -> None:
        super().__init__(f"Place {place_id} does not have {quantity} of product {product_id} free.")
        self.product_id = product_id
        self.place_id = place_id
        self.quantity = quantity
