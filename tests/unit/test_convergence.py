"""Random walks: edits, crashes, retries and SageMaker's own doings in any order, and what must hold after each.

Decided by make_plan and status_of alone. A walk that breaks is printed by hypothesis as the calls that replay it.
"""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from endpoint_operator.api.conditions import ConditionType, find, is_true
from endpoint_operator.api.identity import TAG_OBJECT
from endpoint_operator.api.status import InferenceEndpointStatus, RevisionState
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.desired import desired_state, tags_digest
from endpoint_operator.planning.facts import LiveStatus
from tests.unit.given import INPUTS, spec
from tests.unit.operator_in_memory import OperatorInMemory, names_in
from tests.unit.sagemaker_in_memory import SageMakerInMemory

IMAGES = ("good-1", "good-2", "good-3", "bad-1")
# How far the operator comes before the next thing happens.
PACE = ("nothing", "a pass", "two passes", "a crash", "everything", "everything")
# More passes than any of these walks needs: who has not settled by then never will.
MOST_PASSES = 200

images = st.sampled_from(IMAGES)
paces = st.sampled_from(PACE)
counts = st.integers(min_value=1, max_value=3)
limits = st.sampled_from([0, 1, 3])


class Walk(RuleBasedStateMachine):
    """One object from its first sight to whatever the walk makes of it."""

    @initialize(
        image=st.sampled_from(["good-1", "good-1", "bad-1"]),
        count=counts,
        limit=limits,
        pace=paces,
        lag=st.sampled_from([0.0, 20.0, 50.0]),
    )
    def begins(self, *, image: str, count: int, limit: int, pace: str, lag: float) -> None:
        self.sagemaker = SageMakerInMemory()
        wanted = spec(image=image, count=count, revisionHistoryLimit=limit, tags={"team": "growth"})
        self.operator = OperatorInMemory(sagemaker=self.sagemaker, wanted=wanted, lag=lag)
        self._at(pace)

    @property
    def status(self) -> InferenceEndpointStatus:
        return self.operator.object.status

    @precondition(lambda self: not self.operator.deleted)
    @rule(image=images, pace=paces)
    def another_image(self, image: str, pace: str) -> None:
        self._edit(pace, containers=[{**self.operator.wanted["containers"][0], "image": image}])

    @precondition(lambda self: not self.operator.deleted)
    @rule(count=counts, pace=paces)
    def another_count(self, count: int, pace: str) -> None:
        self._edit(pace, instance={**self.operator.wanted["instance"], "count": count})

    @precondition(lambda self: not self.operator.deleted)
    @rule(image=images, count=counts, pace=paces)
    def another_image_and_count(self, image: str, count: int, pace: str) -> None:
        containers = [{**self.operator.wanted["containers"][0], "image": image}]
        self._edit(pace, containers=containers, instance={**self.operator.wanted["instance"], "count": count})

    @precondition(lambda self: not self.operator.deleted)
    @rule(team=st.sampled_from(["growth", "search"]), pace=paces)
    def other_tags(self, team: str, pace: str) -> None:
        self._edit(pace, tags={"team": team})

    @precondition(lambda self: not self.operator.deleted)
    @rule(limit=limits)
    def another_limit(self, limit: int) -> None:
        self._edit("nothing", revisionHistoryLimit=limit)

    @precondition(lambda self: not self.operator.deleted)
    @rule(word=st.integers(min_value=0, max_value=5), pace=paces)
    def redeploy(self, word: int, pace: str) -> None:
        self._edit(pace, redeploy=f"word-{word}")

    @precondition(lambda self: not self.operator.deleted)
    @rule(words=st.lists(st.integers(min_value=0, max_value=20), min_size=2, max_size=6), pace=paces)
    def one_bad_image_after_another(self, words: list[int], pace: str) -> None:
        before = self.operator.wanted
        for word in words:
            self._edit(pace, containers=[{**before["containers"][0], "image": f"bad-{word}"}])
        self._edit(pace, containers=before["containers"])

    @precondition(lambda self: not self.operator.deleted)
    @rule(field=st.sampled_from([{"paused": True}, {"kmsKeyId": "key"}]))
    def a_field_of_a_later_release_and_back(self, field: dict[str, Any]) -> None:
        before = self.operator.wanted
        self.operator.edit({**before, **field})
        self.operator_works(passes=1)
        self.operator.edit(before)

    @rule()
    def retry(self) -> None:
        self.operator.retry, self.operator.awake = f"{self.operator.retry}x", True

    @precondition(lambda self: not self.operator.deleted and self.operator.generation > 8)
    @rule()
    def delete(self) -> None:
        self.operator.delete()

    @rule(passes=st.integers(min_value=1, max_value=4))
    def operator_works(self, passes: int) -> None:
        for _ in range(passes):
            self._due()
            if self.operator.awake and not self.operator.gone:
                self.operator.one_pass()

    @precondition(lambda self: not self.operator.gone)
    @rule(steps=st.integers(min_value=0, max_value=4))
    def operator_dies_in_a_pass(self, steps: int) -> None:
        self.operator.one_pass(dies_after=steps)

    @rule()
    def transition_ends(self) -> None:
        self._transition_ends()

    @precondition(lambda self: not self.operator.gone)
    @rule()
    def everything_settles(self) -> None:
        self._settle()
        if not self.operator.gone and not self.operator.deleted:
            self._has_answered()

    @rule()
    def aws_maintains_the_endpoint(self) -> None:
        self.sagemaker.maintain()

    @rule()
    def somebody_deletes_the_endpoint(self) -> None:
        live = self.sagemaker.endpoint
        if live is not None and not live.busy:
            self.sagemaker.delete_endpoint()

    @rule(pace=paces)
    def artifact_is_gone_for_a_while(self, pace: str) -> None:
        self.sagemaker.artifact = None
        self._at(pace)
        self._transition_ends()
        self._at(pace)
        self.sagemaker.artifact = "etag-1"

    @rule(times=st.integers(min_value=1, max_value=2))
    def capacity_is_short(self, times: int) -> None:
        self.sagemaker.scarce = times

    @rule()
    def the_next_rollback_fails(self) -> None:
        self.sagemaker.rollback_fails = True

    @rule()
    def stock_is_taken(self) -> None:
        self.operator.take_stock()

    @rule()
    def a_minute_passes(self) -> None:
        self.operator.clock += 61.0
        self.operator.sweep()

    @invariant()
    def nothing_forbidden_was_asked_of_sagemaker(self) -> None:
        assert not self.sagemaker.violations, self.sagemaker.violations

    @invariant()
    def everything_made_is_remembered(self) -> None:
        forgotten = self._made() - names_in(self.status)
        assert not forgotten, f"in SageMaker, and no status knows it: {forgotten}"

    @invariant()
    def status_keeps_at_most_ten_rows(self) -> None:
        assert len(self.status.revisions) <= 10

    def teardown(self) -> None:
        if not hasattr(self, "operator"):
            return
        self._settle()
        if not self.operator.gone and not self.operator.deleted:
            self._has_answered()
            self._world_mends()
            self._is_reached_unless_the_image_is_bad()
            self.operator.delete()
            self._settle()
        assert self.operator.gone, f"deletion does not end: {self._ready()}"
        assert (self.sagemaker.endpoint, self._made()) == (None, set())
        self.nothing_forbidden_was_asked_of_sagemaker()

    def _edit(self, pace: str, **fields: Any) -> None:
        self.operator.edit({**self.operator.wanted, **fields})
        self._at(pace)

    def _at(self, pace: str) -> None:
        match pace:
            case "a pass":
                self.operator_works(passes=1)
            case "two passes":
                self.operator_works(passes=2)
            case "a crash" if not self.operator.gone:
                self.operator_works(passes=1)
                self.operator.one_pass(dies_after=3)
            case "everything":
                self._settle()
            case _:
                pass

    def _made(self) -> set[str]:
        return {*self.sagemaker.models, *self.sagemaker.configs}

    def _transition_ends(self) -> None:
        """Minutes later."""
        self.operator.clock += 300.0
        self.sagemaker.finish()
        self.operator.sweep()

    def _due(self) -> None:
        operator = self.operator
        if operator.look_at is not None and operator.look_at <= operator.clock:
            operator.awake = True

    def _settle(self) -> None:
        """Let everything go its way until nothing more comes of it: woken only as the engine would be."""
        operator, quiet, since = self.operator, 0, self.operator.clock
        for _ in range(MOST_PASSES):
            if operator.gone:
                return
            operator.sweep()
            if operator.awake:
                news = operator.one_pass()
                quiet, since = (0, operator.clock) if news else (quiet + 1, since)
                self.everything_made_is_remembered()
                self.status_keeps_at_most_ten_rows()
            elif operator.clock < operator.stale_until:
                operator.clock = operator.stale_until
            elif self.sagemaker.in_transition:
                self._transition_ends()
                quiet, since = 0, operator.clock
            elif operator.look_at is not None and (quiet < 3 or operator.clock - since < 70.0):
                operator.clock = max(operator.clock, operator.look_at)
                self._due()
            else:
                return
        raise AssertionError(f"not settled after {MOST_PASSES} passes: {self._ready()}")

    def _has_answered(self) -> None:
        """kstatus: exactly one of Ready and Stalled, about this generation, Stalled with a reason."""
        conditions = self.status.conditions
        ready, stalled = is_true(conditions, ConditionType.READY), is_true(conditions, ConditionType.STALLED)
        assert ready != stalled, conditions
        assert not is_true(conditions, ConditionType.RECONCILING)
        assert self.status.observed_generation == self.operator.generation
        reason = find(conditions, ConditionType.STALLED if stalled else ConditionType.READY)
        assert reason is not None
        assert reason.reason
        assert reason.message
        if ready:
            self._is_what_the_spec_says()

    def _world_mends(self) -> None:
        """Artifact and capacity are there, and somebody retries."""
        self.sagemaker.artifact, self.sagemaker.scarce, self.sagemaker.rollback_fails = "etag-1", 0, False
        self._settle()
        self.retry()
        self._settle()
        self._has_answered()

    def _is_reached_unless_the_image_is_bad(self) -> None:
        if self.operator.wanted["containers"][0]["image"].startswith("bad"):
            assert is_true(self.status.conditions, ConditionType.STALLED)
            assert self._ready().startswith("ContainerUnhealthy")
        else:
            assert is_true(self.status.conditions, ConditionType.READY), self._ready()

    def _is_what_the_spec_says(self) -> None:
        """Who says Ready is on the wanted revision, with counts and tags, its history in order, and at rest."""
        wanted = desired_state(self.operator.object, INPUTS)
        assert wanted is not None
        live = self.sagemaker.endpoint
        assert live is not None
        assert live.status == LiveStatus.IN_SERVICE
        assert live.config_name is not None
        assert wanted.revision in live.config_name
        assert live.variants[0].desired_count == self.operator.wanted["instance"]["count"]
        assert tags_digest(self.sagemaker.tags) == tags_digest(wanted.tags)
        assert self.sagemaker.tags[TAG_OBJECT] == "ml/churn"
        self._history_is_in_order(wanted.revision)
        self._is_at_rest()

    def _history_is_in_order(self, wanted: str) -> None:
        rows = self.status.revisions
        assert [row.name for row in rows if row.state == RevisionState.ACTIVE] == [wanted]
        assert not [row.name for row in rows if row.state == RevisionState.DEPLOYING], "nobody deploys it any more"
        limit = self.operator.wanted["revisionHistoryLimit"]
        assert len(rows) <= min(10, limit + 2), f"the active, the last that served and {limit} others"

    def _is_at_rest(self) -> None:
        before = self.operator.status
        plan = make_plan(self.operator.object, self.operator._observe(self.operator.object), INPUTS)
        assert plan.steps == ()
        assert not self.operator.one_pass()
        assert self.operator.status == before
        assert self.operator.look_at is None

    def _ready(self) -> str:
        ready = find(self.status.conditions, ConditionType.READY)
        return f"{ready.reason}: {ready.message}" if ready is not None else "no condition"


Walk.TestCase.settings = settings(
    max_examples=300,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyWalkConverges = Walk.TestCase
