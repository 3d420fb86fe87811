"""One test's place in the shared world: a namespace and names of its own, and the words for what happens there."""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from devworld.simulator_control import SimulatorControl
from tests.controlplane.deadlines import until
from tests.controlplane.kubectl import Kubectl
from tests.integration.vocabulary.audit import AuditLog
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.evidence import evidence
from tests.integration.vocabulary.kubernetes_objects import KubernetesObjects
from tests.integration.vocabulary.operator_process import OperatorProcess
from tests.integration.vocabulary.recorded_calls import RecordedCalls
from tests.integration.vocabulary.sagemaker_truth import SageMakerTruth
from tests.integration.vocabulary.shared_world import TIME_SCALE, SharedWorld
from tests.integration.vocabulary.specs import Spec, smallest, together

Fact = TypeVar("Fact")
# Far beyond what anything here takes: only what never comes waits so long.
DEADLINE_SECONDS = 90.0
# Simulated: what is to be looked at before it is over lasts longer than a slow machine looks, until a test ends it.
HELD_SECONDS = 300 * TIME_SCALE
# Simulated seconds in one second, where things that last for hours are to be seen, or minutes to be told apart.
UNHURRIED = 60.0


class Scene:
    """What a test sees of the world."""

    def __init__(self, shared: SharedWorld, *, namespace: str) -> None:
        self.shared = shared
        self.namespace = namespace
        self.objects: KubernetesObjects = shared.objects
        self.operator: OperatorProcess = shared.operator
        self.simulator: SimulatorControl = shared.simulator
        self.sagemaker = SageMakerTruth(shared.simulator, prefix=namespace)
        self.objects.make_namespace(namespace)

    @property
    def kubectl(self) -> Kubectl:
        return self.shared.world.kubectl

    def boto3(self, service: str) -> Any:
        """As the user."""
        return self.shared.boto3(service)

    def given(self, *changes: Spec, name: str = "churn") -> Endpoint:
        """The smallest endpoint with these changes, applied."""
        self.objects.create(self.namespace, name, together(changes, base=smallest()))
        return Endpoint(self, name)

    def given_held(self, *changes: Spec, name: str = "churn") -> Endpoint:
        """The same, whose creation goes on until `ends_transition`."""
        self.holds_transition(self.applied(name))
        return self.given(*changes, name=name)

    def given_spec(self, spec: Spec, *, name: str = "churn") -> Endpoint:
        """An endpoint with this very spec, applied."""
        self.objects.create(self.namespace, name, spec)
        return Endpoint(self, name)

    def applied(self, name: str) -> Endpoint:
        """One that kubectl applied."""
        return Endpoint(self, name)

    @contextlib.contextmanager
    def records_calls(self) -> Iterator[RecordedCalls]:
        """What the operator asks AWS in the block."""
        calls = self.calls_from_now()
        try:
            yield calls
        finally:
            calls.end()

    def calls_from_now(self) -> RecordedCalls:
        return RecordedCalls(self.shared.calls, about=lambda resource: self.namespace in resource)

    def audit_from_now(self) -> AuditLog:
        """Of whatever the API server answers from now on.

        It writes a line only after its answer, so that the line of a write whose effect was just seen may still come: a
        write of ours is made first, and the log begins behind the line of that.
        """
        path = self.shared.world.control_plane.audit_log
        assert path is not None, "a cluster of the user's has no audit log that we could read"
        log, mark = AuditLog(path), f"audit-mark-{secrets.token_hex(8)}"
        self.objects.mark_audit_log(self.namespace, mark)
        self.until(lambda: log.begin_behind(mark), f"the line of {mark} in the audit log")
        return log

    def next(self, endpoint: Endpoint, **how: object) -> None:
        """How its transition under way, or else the next one, ends: result, failureReason, seconds (simulated)."""
        self.simulator.next(endpoint.sagemaker_name, **how)

    def holds_transition(self, endpoint: Endpoint) -> None:
        """The transition under way, or else the next one, goes on until `ends_transition`.

        Before what begins it: else it may be over already, and another one would be held.
        """
        self.next(endpoint, result="InService", seconds=HELD_SECONDS)

    def ends_transition(self, endpoint: Endpoint) -> None:
        """Well and at once."""
        self.next(endpoint, result="InService", seconds=0)

    @contextlib.contextmanager
    def unhurried(self) -> Iterator[None]:
        """A tenth of the usual pace for the length of a block."""
        self.simulator.scale(UNHURRIED)
        try:
            yield
        finally:
            self.simulator.scale(TIME_SCALE)

    def fault(self, operation: str, *, resource: str | None = None, **how: object) -> str:
        """On calls about this test's things; its id."""
        match = {"operation": operation, "resource": resource or f"{self.namespace}*"}
        return self.simulator.add_fault(match=match, **how)

    def holds_answer_to(self, operation: str) -> str:
        """The work is done and the answer kept back until the fault ends; its id."""
        return self.fault(operation, hold=True, dropAnswer=True)

    def is_held(self, fault: str, *, answers: int = 1) -> None:
        """Waits until the fault keeps back so many answers."""

        def held() -> bool:
            rows = self.simulator.faults()
            rows = rows["faults"] if isinstance(rows, dict) else rows
            return any(row["id"] == fault and row["held"] >= answers for row in rows)

        self.until(held, f"{answers} answers held by fault {fault}")

    def until(self, fact: Callable[[], Fact], what: str, *, within_seconds: float = DEADLINE_SECONDS) -> Fact:
        """The first true answer; DeadlineError with all that is known of the test's things."""
        return until(fact, what=what, within_seconds=within_seconds, seen=self.evidence)

    def operator_looks(self, times: int) -> None:
        """Waits until the operator has listed the fleet so many times from now on: it has had every chance to act."""
        calls = self.calls_from_now()
        pages = self.pages_of_a_sweep()
        enough = pages * times + pages - 1  # of one that is under way all pages but the first may still come
        self.until(lambda: calls.lists()["ListEndpoints"] >= enough, f"{times} sweeps of the fleet")

    def pages_of_a_sweep(self) -> int:
        """Calls of ListEndpoints that show the endpoints of all tests of the worker once."""
        shown = (
            self.shared.boto3("sagemaker").get_paginator("list_endpoints").paginate(PaginationConfig={"PageSize": 100})
        )
        return sum(1 for _ in shown)

    def evidence(self) -> str:
        return evidence(self.shared, self.namespace)
