"""A Kubernetes API server to practise on: several clusters in memory under one loopback port."""
