"""A scan: what it names, the verdict on it, and the screen that follows; each counts once."""
