"""Units at the bench: each scanned into the box, and the wrong ones caught, charged and put away."""
