"""The practice datacenter: one seeded site, spoken over the real protocols of real systems."""
