"""The methods of a vCenter by their WSDL name; one that is not here is MethodNotFound."""

from __future__ import annotations

from deployments.practice.vcenter.methods.collector import COLLECTOR
from deployments.practice.vcenter.methods.event import EVENT
from deployments.practice.vcenter.methods.host import HOST
from deployments.practice.vcenter.methods.service import SERVICE
from deployments.practice.vcenter.methods.vm import VM
from deployments.practice.vcenter.vcenter import Method

METHODS: dict[str, Method] = {**SERVICE, **COLLECTOR, **EVENT, **VM, **HOST}
