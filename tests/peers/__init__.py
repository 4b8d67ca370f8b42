"""Other people's data and servers."""
