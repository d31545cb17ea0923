"""The VMware vCenter collector: everything is read in bulk through the property collector."""

from collectors.vmware.collector import VMware

__all__ = ["VMware"]
