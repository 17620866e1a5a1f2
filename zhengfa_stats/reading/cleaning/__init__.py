"""One small module a kind of value; every cleaner is pure and is run over unique values only."""
