"""The databases on which faults are tried, and a browser to meet them."""

from tests.browser.conftest import chromium
from tests.simulator.conftest import empty

__all__ = ["chromium", "empty"]
