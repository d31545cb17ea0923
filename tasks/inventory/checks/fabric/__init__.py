"""Health checks of network devices, their ports, their links and their VLANs."""
