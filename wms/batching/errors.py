"""The one error of the batching engine."""


class InvalidProblemError(ValueError):
    """A problem that cannot be planned: `field` names the place ("orders[3].totes"), `fault` says what to change."""

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"{field}: {fault}")
        self.field = field
        self.fault = fault
