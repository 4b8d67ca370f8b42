"""Scales: what they weigh, read by one protocol over serial lines, the network or a simulated one."""
