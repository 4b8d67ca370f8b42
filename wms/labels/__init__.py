"""What a label says: pure functions from plain values to ZPL, one format a physical label."""
