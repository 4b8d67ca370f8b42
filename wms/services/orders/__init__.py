"""Orders: how they come, what they promise, and how they end or part."""
