"""The network devices of the practice datacenter, over SSH."""

from deployments.practice.devices.practice import Listed, PracticeDevices
from deployments.practice.devices.secrets import DEVICE_CANARIES

__all__ = ["DEVICE_CANARIES", "Listed", "PracticeDevices"]
