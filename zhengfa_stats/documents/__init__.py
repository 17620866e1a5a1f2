"""Documents: walked, filled, verified, marked; and our own summary."""
