"""Published batching instances against the engine: `python -m tests.benchmarks.batching DIR`.

Every cost printed is measured here, from the plan's batches, by code that shares nothing with the engine.
"""
