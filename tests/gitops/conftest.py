"""The world of the integration tests, and a place in it for whole lives that several tests look at."""

import pytest

from tests.gitops.judges import Judge, argo_cd, kstatus
from tests.integration.conftest import shared_world, world

__all__ = ["shared_world", "world"]


@pytest.fixture(scope="session")
def flux() -> Judge:
    """Flux, Helm 4 and all that waits by kstatus."""
    return kstatus()


@pytest.fixture(scope="session")
def argo() -> Judge:
    """Argo CD with the health check that we give away."""
    return argo_cd()
