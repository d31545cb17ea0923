"""The Kubernetes collector: lists read as raw JSON into typed subsets; nothing but GET is sent."""

from collectors.kubernetes.collector import Kubernetes

__all__ = ["Kubernetes"]
