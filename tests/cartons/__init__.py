"""Which boxes an order goes into."""
