"""Fixtures of the practice Kubernetes: one a test, with a kubeconfig file for any of its users."""

import pytest

from deployments.practice.kubernetes.server import PracticeKubernetes


@pytest.fixture
def practice_kubernetes(small_practice_site):
    """Both clusters of the small site, on HTTPS, that the test may change and break."""
    with PracticeKubernetes(small_practice_site) as practice:
        yield practice
    assert practice.bugs == []


@pytest.fixture
def kubeconfig(practice_kubernetes, tmp_path):
    """Write a kubeconfig of a user, the reader by default, and return its path."""

    def write(user="reader"):
        path = tmp_path / f"kubeconfig-{user}"
        path.touch(mode=0o600)
        path.write_text(practice_kubernetes.kubeconfig(user))
        return path

    return write
