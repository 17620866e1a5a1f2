"""What a careless or a hostile hand may do: odd workbooks, kills, leaks, injected texts, a full disk."""
