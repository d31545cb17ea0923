"""Past events through the live grouping, in memory."""
