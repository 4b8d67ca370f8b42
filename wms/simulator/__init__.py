"""The shift simulator: people who work the floor over HTTP by what the pages say, and a count of what came of it."""
