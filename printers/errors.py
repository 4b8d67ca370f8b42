"""What can go wrong on the way to a printer; every error carries the printer's address."""


class PrinterError(Exception):
    """Something between us and a printer went wrong."""

    def __init__(self, sentence: str, *, url: str) -> None:
        """Keep the printer's address beside the sentence."""
        super().__init__(sentence)
        self.url = url


class BadAddressError(PrinterError):
    """The address names no printer we can open."""

    def __init__(self, *, url: str, reason: str) -> None:
        """Keep the address and what is wrong with it."""
        super().__init__(
            f"Printer address {url!r} {reason}: use tcp://host:9100, virtual://host:port, file:///folder or queue://name.",
            url=url,
        )
        self.reason = reason


class UnreachableError(PrinterError):
    """No connection, no folder or no queue where the printer should be."""

    def __init__(self, *, url: str, reason: str) -> None:
        """Keep the address and what the system said."""
        super().__init__(f"Printer {url} cannot be reached ({reason}): check its power, cable and address.", url=url)
        self.reason = reason


class SilentError(PrinterError):
    """The printer took the question and did not answer in time, as it does when it is out of paper or open."""

    def __init__(self, *, url: str, question: str) -> None:
        """Keep the address and the question."""
        super().__init__(f"Printer {url} does not answer {question}: check paper, ribbon and cover.", url=url)
        self.question = question


class PreviewError(Exception):
    """A label cannot be drawn."""

    def __init__(self, reason: str) -> None:
        """Keep what the renderer said."""
        super().__init__(f"The label cannot be drawn: {reason}")
        self.reason = reason
