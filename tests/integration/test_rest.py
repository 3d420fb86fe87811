"""At rest nothing is written and nothing is asked of a single endpoint."""

import time

import pytest

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import PERIODS

ENDPOINTS = 20
SECONDS = 60.0


@pytest.mark.timeout(240)
def test_rule_07_endpoints_at_rest_cost_no_write_and_no_describe(world: Scene) -> None:
    """The promise is about time, so here time itself is what is waited for."""
    endpoints = [world.given(name=f"resting-{number}") for number in range(ENDPOINTS)]
    for endpoint in endpoints:
        endpoint.settles()
    world.operator_looks(2)  # what the last transition still had to ask is asked
    audit, began = world.audit_from_now(), time.monotonic()
    with world.records_calls() as calls:
        world.until(lambda: time.monotonic() - began >= SECONDS, "the time", within_seconds=2 * SECONDS)
    lists = dict(calls.lists())
    print(
        f"{ENDPOINTS} endpoints at rest for {SECONDS:g} s, periods {PERIODS}: {lists} listed, "
        f"{len(calls.all())} calls about single things"
    )
    assert audit.writes_of_operator(namespace=world.namespace) == []
    assert calls.all() == []
    sweeps = SECONDS / float(PERIODS["--fleet-sweep-seconds"]) + 1
    assert 0 < lists["ListEndpoints"] <= sweeps * world.pages_of_a_sweep()
