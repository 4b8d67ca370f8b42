"""What goes wrong on a walk, worked through to its end: short, damaged, skipped, full, broken, wrong."""
