"""A warehouse fulfilment service: orders become picked, packed and labelled boxes."""

__version__ = "0.1.0"
