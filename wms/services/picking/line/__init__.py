"""One line of a walk: its location, its units with lot and serials, its tote, and how each was proved."""
