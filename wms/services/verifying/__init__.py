"""Proving the books: each law is a question that a right database answers with no rows."""

from wms.services.verifying.books import CHECKS, Breach, verify

__all__ = ["CHECKS", "Breach", "verify"]
