"""Random walks: edits, kills between any two writes, and the doings of S3, the endpoint and others, in any order.

Decided by make_plan, wanted_looks and status_of alone. A walk that breaks is printed by hypothesis as the calls that
replay it.
"""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.unit.models.models_given import DIRECTORY, PREFIX, SOURCE, a_spec, said
from tests.unit.models.operator_of_models import ModelInMemory
from tests.unit.models.s3_in_memory import Stored, World
from tests.unit.models.settling_models import (
    callers_are_answered,
    is_at_rest,
    is_remembered,
    settle,
    still_fits,
)

OTHER_SOURCE = "s3://training/t1/other.tar.gz"
# The second is below the first, so that a key under one looks like a key under the other.
PREFIXES = (PREFIX, f"{PREFIX}nested/", "s3://elsewhere/")
THEIRS = "theirs.tar.gz"
CONTENTS = ("A", "B", "C", "A", "B", "bad-1", "mute-1")
PACE = ("nothing", "a pass", "two passes", "a crash", "everything", "everything")

which = st.sampled_from([0, 0, 0, 1])
contents = st.sampled_from(CONTENTS)
paces = st.sampled_from(PACE)
keys = st.sampled_from([None, None, "mine.tar.gz", "ours.tar.gz", THEIRS])
sources = st.sampled_from([SOURCE, OTHER_SOURCE, DIRECTORY])


class Walk(RuleBasedStateMachine):
    """Two objects of one model id, of which mostly the older one is edited."""

    @initialize(
        content=contents,
        source=sources,
        triton=st.booleans(),
        warm_up=st.booleans(),
        key=keys,
        serving=st.booleans(),
        pace=paces,
    )
    def begins(
        self, *, content: str, source: str, triton: bool, warm_up: bool, key: str | None, serving: bool, pace: str
    ) -> None:
        self.world = World(sources={SOURCE: content, OTHER_SOURCE: "B", DIRECTORY: content})
        self.world.objects[f"{PREFIX}{THEIRS}"] = Stored(made_of="theirs", metadata={})
        self.world.endpoint.served = PREFIX if serving else None
        self.retained: set[str] = set()
        self.harmed_targets: set[str] = set()
        self.wishes: list[dict[str, Any]] = [{}, {}]
        first = ModelInMemory(world=self.world, wanted=a_spec(), name="m1")
        second = ModelInMemory(world=self.world, wanted=a_spec(), name="m2", gone=True)
        self.models = [first, second]
        self._wish(0, source=source, triton=triton, warm_up=warm_up, target=key)
        self._at(0, pace)

    @rule(index=which, source=sources, triton=st.booleans(), pace=paces)
    def another_source(self, index: int, source: str, triton: bool, pace: str) -> None:  # noqa: FBT001
        self._edit(index, pace, source=source, triton=triton)

    @rule(uri=sources, content=contents, pace=paces)
    def other_content_under_the_same_name_and_an_edit(self, uri: str, content: str, pace: str) -> None:
        self.world.sources[uri] = content
        self._edit(0, pace, version=f"v{self.models[0].generation}")

    @rule(uri=sources, content=contents)
    def the_source_changes(self, uri: str, content: str) -> None:
        self.world.sources[uri] = content

    @rule(uri=sources)
    def the_source_is_gone(self, uri: str) -> None:
        self.world.sources.pop(uri, None)

    @rule(index=which, key=keys, pace=paces)
    def another_target(self, index: int, key: str | None, pace: str) -> None:
        self._edit(index, pace, target=key)

    @rule(index=which, warm_up=st.booleans(), pace=paces)
    def with_or_without_warm_up(self, index: int, warm_up: bool, pace: str) -> None:  # noqa: FBT001
        self._edit(index, pace, warm_up=warm_up)

    @rule(index=which, paused=st.booleans(), pace=paces)
    def pause_or_go_on(self, index: int, paused: bool, pace: str) -> None:  # noqa: FBT001
        self._edit(index, pace, paused=paused)

    @rule(contents=st.lists(contents, min_size=2, max_size=25))
    def one_edit_after_another(self, contents: list[str]) -> None:
        for number, content in enumerate(contents):
            self.world.sources[SOURCE] = f"{content}{number}"
            self._edit(0, "two passes", version=f"w{self.models[0].generation}")

    @rule(index=which)
    def retry(self, index: int) -> None:
        self.models[index].retry += "x"

    @rule(index=which, passes=st.integers(min_value=1, max_value=4))
    def operator_works(self, index: int, passes: int) -> None:
        for _ in range(passes):
            self._pass(index)

    @rule(index=which, writes=st.integers(min_value=0, max_value=4))
    def operator_dies_in_a_pass(self, index: int, writes: int) -> None:
        self._pass(index, dies_after=writes)

    @rule()
    def jobs_get_on(self) -> None:
        self.world.jobs_get_on()

    @rule(down=st.booleans())
    def s3_is_down_or_back(self, down: bool) -> None:  # noqa: FBT001
        self.world.is_down = down

    @rule(prefix=st.sampled_from(PREFIXES), pace=paces)
    def the_endpoints_prefix_changes(self, prefix: str, pace: str) -> None:
        endpoint = self.world.endpoint
        if endpoint.exists:
            endpoint.wanted, endpoint.rolling_out = prefix, endpoint.served is not None
            self._at(0, pace)

    @rule()
    def another_rollout_begins(self) -> None:
        self.world.endpoint.rolling_out = self.world.endpoint.served is not None

    @rule()
    def the_endpoint_has_rolled_out(self) -> None:
        """It takes minutes, in which models are copied to its new prefix."""
        down, self.world.is_down = self.world.is_down, False
        self._settle()
        in_place = [model for model in self.models if not model.gone and not self._is_under_the_prefix(model)]
        if not in_place:
            self.world.endpoint.finish()
        self.world.is_down = down

    @rule()
    def the_endpoint_is_being_deleted(self) -> None:
        self.world.endpoint.being_deleted = True

    @rule()
    def the_endpoint_is_gone(self) -> None:
        endpoint = self.world.endpoint
        endpoint.exists, endpoint.served, endpoint.being_deleted = False, None, False

    @rule(prefix=st.sampled_from(PREFIXES), pace=paces)
    def the_endpoint_is_made_again(self, prefix: str, pace: str) -> None:
        endpoint = self.world.endpoint
        if not endpoint.exists:
            endpoint.exists, endpoint.wanted, endpoint.rolling_out = True, prefix, False
            self._at(0, pace)

    @rule(multi_model=st.booleans())
    def the_endpoint_has_another_mode(self, multi_model: bool) -> None:  # noqa: FBT001
        self.world.endpoint.multi_model = multi_model

    @rule(index=which, tell=st.booleans())
    def somebody_removes_what_is_published(self, index: int, tell: bool) -> None:  # noqa: FBT001
        """`tell`: the hourly list of the prefix shows it."""
        model = self.models[index]
        uri = model.parsed.artifact_s3_uri
        if uri is not None and self.world.objects.pop(uri, None) is not None:
            self.harmed_targets.add(str(model.parsed.target_model))
            model.missing = tell

    @rule(key=st.sampled_from(["mine.tar.gz", "ours.tar.gz"]))
    def somebody_puts_another_object_under_a_key(self, key: str) -> None:
        uri = f"{PREFIX}{key}"
        if uri not in self.world.objects:
            self.world.objects[uri] = Stored(made_of="theirs", metadata={})

    @precondition(lambda self: self.models[0].generation > 3)
    @rule(index=which, retain=st.booleans())
    def delete(self, index: int, retain: bool) -> None:  # noqa: FBT001
        model = self.models[index]
        if not model.gone:
            if retain:
                self._edit(index, "nothing", retain=True)
                self.retained |= self.world.owned(model.owner)
            model.delete()

    @rule(source=sources, pace=st.sampled_from(["a pass", "two passes", "a crash"]))
    def delete_in_the_middle_of_an_edit(self, source: str, pace: str) -> None:
        model = self.models[0]
        if not model.gone and not model.deleted:
            self.world.sources[source] = f"begun-{model.generation}"
            self._edit(0, pace, source=source, version=f"d{model.generation}", paused=False)
            model.delete()

    @rule(index=which, pace=paces)
    def made_again(self, index: int, pace: str) -> None:
        if self.models[index].gone:
            # What a deletion that retains left behind is somebody's own from then on; its Job goes with its owner.
            self.world.jobs_of_nobody_end(self.models[index].name)
            self._orphans_are_given_away(index)
            self.models[index].made_again()
            self.wishes[index].pop("retain", None)
            self._wish(index)
            self._at(index, pace)

    @rule()
    def everything_settles(self) -> None:
        self._settle()
        for model in self.models:
            if not self.world.is_down:
                is_at_rest(self.world, model)

    @rule(warm=st.sampled_from([None, True, False]))
    def warm_ups_are_answered(self, warm: bool | None) -> None:  # noqa: FBT001
        self.models[0].warm = warm

    @rule(seconds=st.sampled_from([1.0, 100.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        for model in self.models:
            model.clock += seconds

    @invariant()
    def nothing_is_lost_and_nobody_is_left_without_an_answer(self) -> None:
        if not hasattr(self, "models"):
            return
        assert not self.world.violations, self.world.violations
        assert self.world.endpoint.exists or self.world.endpoint.served is None
        for model in self.models:
            if not model.gone:
                is_remembered(self.world, model)
                still_fits(model.parsed)
                callers_are_answered(self.world, model, harmed=self.harmed_targets)
        theirs = self.world.objects.get(f"{PREFIX}{THEIRS}")
        assert theirs is not None, "an object of somebody else was removed"
        assert theirs.made_of == "theirs", "an object of somebody else was overwritten"

    def teardown(self) -> None:
        if not hasattr(self, "models"):
            return
        self._world_mends()
        self._settle()
        for model in self.models:
            if not model.gone:
                self._is_reached(model)
        self.nothing_is_lost_and_nobody_is_left_without_an_answer()
        for index, model in enumerate(self.models):
            if not model.gone:
                self._is_deleted_in_the_middle_of_an_edit(index, model)
        self._settle()
        for model in self.models:
            assert model.gone, f"deletion does not end: {model.status}"
            assert self.world.owned(model.owner) <= self.retained, "something of a deleted model is left"

    def _world_mends(self) -> None:
        """Nothing is in the way any more, and somebody retries."""
        world, endpoint = self.world, self.world.endpoint
        world.is_down = False
        world.sources = {SOURCE: "fine", OTHER_SOURCE: "fine too", DIRECTORY: "fine as well"}
        endpoint.exists = endpoint.multi_model = True
        endpoint.being_deleted = False
        for index, model in enumerate(self.models):
            if not model.gone and not model.deleted:
                uri = model.parsed.artifact_s3_uri
                model.missing = uri is not None and uri not in world.objects
                model.retry += "y"
                self._wish(index, target=None, paused=False)
        self._settle()
        endpoint.finish()
        for model in self.models:
            model.missing, model.warm = False, True

    def _is_reached(self, model: ModelInMemory) -> None:
        status = model.parsed
        if model.id_taken_by is not None:
            assert said(status) == (False, False, True, "ModelIdTaken")
            return
        assert said(status) == (True, False, False, "Published"), status.conditions
        source = model.wanted["source"]["s3Uri"]
        assert status.published is not None
        assert status.published.etag == self.world.sources[source]
        assert status.artifact_s3_uri == f"{self.world.endpoint.wanted}{status.target_model}"
        assert self.world.objects[status.artifact_s3_uri].made_of == self.world.sources[source]
        assert self.world.owned(model.owner) - self.retained == {status.artifact_s3_uri} - self.retained
        assert status.obsolete == []
        assert status.publishing is None
        is_at_rest(self.world, model)

    def _is_deleted_in_the_middle_of_an_edit(self, index: int, model: ModelInMemory) -> None:
        """Every walk ends so, each at one of the moments that there are."""
        moment = PACE[model.generation % len(PACE)]
        self.world.sources = dict.fromkeys(self.world.sources, f"last of {model.name}")
        self._edit(index, moment if moment != "everything" else "a crash", version=f"e{model.generation}")
        model.delete()

    def _is_under_the_prefix(self, model: ModelInMemory) -> bool:
        status = model.parsed
        return status.target_model is None or (
            f"{self.world.endpoint.wanted}{status.target_model}" in self.world.objects
        )

    def _orphans_are_given_away(self, index: int) -> None:
        for uri in self.world.owned(self.models[index].owner):
            self.world.objects[uri] = Stored(made_of="given away", metadata={})

    def _edit(self, index: int, pace: str, **wish: Any) -> None:
        if not self.models[index].gone:
            self._wish(index, **wish)
            self._at(index, pace)

    def _wish(self, index: int, **wish: Any) -> None:
        self.wishes[index] |= wish
        wanted = self.wishes[index]
        source = {"s3Uri": wanted.get("source", SOURCE)}
        source |= {"layout": "Triton"} if wanted.get("triton") else {}
        source |= {"version": wanted["version"]} if "version" in wanted else {}
        members: dict[str, Any] = {"source": source}
        members |= {"targetModel": wanted["target"]} if wanted.get("target") else {}
        members |= {"warmUp": {"body": "{}"}} if wanted.get("warm_up") else {}
        members |= {"paused": True} if wanted.get("paused") else {}
        members |= {"deletionPolicy": "Retain"} if wanted.get("retain") else {}
        self.models[index].edit(a_spec(**members))

    def _pass(self, index: int, *, dies_after: int | None = None) -> None:
        model = self.models[index]
        if model.gone:
            return
        other = self.models[1 - index]
        model.id_taken_by = other.owner if index == 1 and not other.gone else None
        model.one_pass(dies_after=dies_after)

    def _at(self, index: int, pace: str) -> None:
        match pace:
            case "a pass":
                self._pass(index)
            case "two passes":
                self._pass(index)
                self._pass(index)
            case "a crash":
                self._pass(index)
                self._pass(index, dies_after=1)
            case "everything":
                self._settle()
            case _:
                pass

    def _settle(self) -> None:
        first, second = self.models
        for _ in range(2):  # the second object has its turn once the first is gone
            second.id_taken_by = None if first.gone else first.owner
            settle(self.world, self.models, after_each_pass=self.nothing_is_lost_and_nobody_is_left_without_an_answer)


Walk.TestCase.settings = settings(
    max_examples=120,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyWalkConverges = Walk.TestCase
