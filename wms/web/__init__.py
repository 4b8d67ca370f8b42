"""HTTP in, HTML out: one blueprint a station."""
