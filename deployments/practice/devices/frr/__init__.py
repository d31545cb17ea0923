"""FRRouting, as its vtysh speaks."""
