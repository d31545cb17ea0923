"""The network collector: switches and routers read over SSH with commands that only show."""

from collectors.network.collector import NetworkDevices

__all__ = ["NetworkDevices"]
