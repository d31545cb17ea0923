"""What people do with incidents, and how incidents are shown."""
