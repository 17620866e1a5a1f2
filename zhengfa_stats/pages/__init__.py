"""Pages that one can put before a leader: notebooks executed, charts, tables, and an index that leads to them."""
