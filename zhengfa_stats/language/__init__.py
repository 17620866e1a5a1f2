"""Numbers in Chinese: how a value is said."""
