"""The databases on which faults are tried."""

from tests.simulator.conftest import empty

__all__ = ["empty"]
