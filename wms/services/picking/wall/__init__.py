"""The put wall: units of many orders that were picked together are sorted, each into the place of its order."""
