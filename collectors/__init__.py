"""Read the world into facts."""
