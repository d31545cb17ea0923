"""Generated alert histories with their gold: other names, tools and topologies for each seed."""
