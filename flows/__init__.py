"""The DAGs: one file per flow, readable top to bottom as a list of steps."""
