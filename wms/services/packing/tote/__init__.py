"""Totes at the bench: opened, refused, given up, or set aside while their order waits."""
