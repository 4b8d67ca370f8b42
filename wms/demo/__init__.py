"""The demo warehouse: made from one seed, worth looking at, and never mixed with a user's own data."""
