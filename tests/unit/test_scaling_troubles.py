"""For how long autoscaling that failed is let be, and what everything else says meanwhile."""

from dataclasses import replace

from endpoint_operator.aws.scaling.troubles import FIRST_SECONDS, LONGEST_SECONDS, ScalingTroubles
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.plan import Look, Plan, Situation
from endpoint_operator.planning.scaling.live import ScalingTrouble
from endpoint_operator.planning.scaling.trouble import passes_by, with_trouble
from tests.unit.given import an_object

DENIED = Fault(blame=Blame.OPERATOR_SETUP, reason="OperatorNotAllowed", message="add the action")
THROTTLED = Fault(blame=Blame.WORLD, reason="Throttled", message="it is tried again")
REFUSED = Fault(blame=Blame.USER, reason="AutoscalingRefused", message="correct the spec")
SERVING = Plan(situation=Situation.SERVING, reason="Ready", message="it serves")


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_what_failed_waits_twice_as_long_each_time_and_never_longer_than_ten_minutes() -> None:
    clock, endpoint = Clock(), an_object()
    troubles = ScalingTroubles(clock)
    waited = []
    for _ in range(7):
        troubles.failed(endpoint, DENIED)
        trouble = troubles.of(endpoint)
        assert trouble is not None
        waited.append(trouble.retry_seconds)
        clock.seconds += trouble.retry_seconds
        assert troubles.of(endpoint) is None, "due"
    first = FIRST_SECONDS[Blame.OPERATOR_SETUP]
    assert waited == [min(first * 2**number, LONGEST_SECONDS) for number in range(7)]


def test_an_edit_or_a_new_reconcile_at_tries_again_at_once_and_from_the_start() -> None:
    clock, endpoint = Clock(), an_object()
    for changed in (an_object(generation=2), an_object(retry="again")):
        troubles = ScalingTroubles(clock)
        troubles.failed(endpoint, DENIED)
        troubles.failed(endpoint, DENIED)
        assert troubles.of(changed) is None
        troubles.failed(changed, DENIED)
        trouble = troubles.of(changed)
        assert trouble is not None
        assert trouble.retry_seconds == FIRST_SECONDS[Blame.OPERATOR_SETUP]


def test_the_specs_own_fault_is_not_waited_out() -> None:
    troubles = ScalingTroubles(Clock())
    troubles.failed(an_object(), REFUSED)
    assert troubles.of(an_object()) is None
    beside = replace(SERVING, beside=True)
    assert not passes_by(beside, REFUSED)
    assert passes_by(beside, DENIED)
    assert not passes_by(SERVING, DENIED)


def test_a_missing_right_leaves_an_endpoint_that_serves_ready_and_what_passes_by_itself_is_reconciling() -> None:
    denied = with_trouble(SERVING, ScalingTrouble(fault=DENIED, retry_seconds=30.0))
    assert (denied.situation, denied.next_look) == (Situation.SERVING, Look(seconds=30.0))
    throttled = with_trouble(SERVING, ScalingTrouble(fault=THROTTLED, retry_seconds=1.0))
    assert (throttled.situation, throttled.reason) == (Situation.WORLD_FAULT, "Throttled")
    rolling = Plan(situation=Situation.UPDATING, reason="Updating", message="", next_look=Look(seconds=2.0))
    assert with_trouble(rolling, ScalingTrouble(fault=THROTTLED, retry_seconds=1.0)) == rolling
