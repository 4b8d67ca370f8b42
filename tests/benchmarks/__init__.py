"""Benchmarks: commands that print figures. None is timed as a test, for a figure in seconds depends on the machine."""
