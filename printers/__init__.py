"""Bytes to a label printer: ZPL, drivers, status, a virtual Zebra and a preview; knows nothing of any warehouse."""
