"""Numbers as prose writes them, with their places and intervals."""
