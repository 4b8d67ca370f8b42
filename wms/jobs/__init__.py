"""Slow work taken from the outbox: buy a label, print. No transaction is open while it runs."""
