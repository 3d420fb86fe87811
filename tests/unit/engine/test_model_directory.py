"""Who belongs to whom among models and endpoints, and who is woken by whose change."""

from typing import Any

import pytest

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.model_directory import ModelDirectory
from endpoint_operator.planning.model_counts import ModelCounts
from endpoint_operator.planning.place import Place
from tests.unit.engine.given_models import ENDPOINT, NEW, OLD, PREFIX, a_model, a_target, key_of, published

OTHER = ObjectKey("ml", "other")


class Known:
    """A directory, and whom it woke since that was last asked."""

    def __init__(self) -> None:
        self._woken: list[str] = []
        self._moved: list[str] = []
        self.directory = ModelDirectory(
            wake=lambda key: self._woken.append(key.name), moved=lambda key: self._moved.append(key.name)
        )

    def has(self, *models: InferenceModel) -> "Known":
        for model in models:
            self.directory.put_model(key_of(model), model)
        return self

    def woken(self) -> list[str]:
        woken, self._woken = sorted(self._woken), []
        return woken

    def moved(self) -> list[str]:
        moved, self._moved = self._moved, []
        return moved


@pytest.fixture
def known() -> Known:
    return Known()


def serving(name: str, **how: Any) -> InferenceModel:
    return a_model(name, status=published(name, **how))


def test_a_model_has_the_endpoint_of_its_namespace_that_it_names(known: Known) -> None:
    model, elsewhere = a_model(), a_model("b", namespace="other")
    known.has(model, elsewhere)
    assert known.directory.target_of(model) is None
    known.directory.put_endpoint(ENDPOINT, a_target())
    assert known.directory.target_of(model) == a_target()
    assert known.directory.target_of(elsewhere) is None
    known.directory.remove_endpoint(ENDPOINT)
    assert known.directory.target_of(model) is None


@pytest.mark.parametrize(
    ("one", "other", "older"),
    [
        ((OLD, "uid-2"), (NEW, "uid-1"), "one"),
        ((NEW, "uid-1"), (OLD, "uid-2"), "other"),
        ((OLD, "uid-1"), (OLD, "uid-2"), "one"),
        ((OLD, "uid-2"), (OLD, "uid-1"), "other"),
    ],
)
def test_of_two_with_one_id_the_older_has_it_whichever_was_seen_first(
    known: Known, one: tuple[str, str], other: tuple[str, str], older: str
) -> None:
    models = {
        name: a_model(name, created=created, uid=uid, spec={"modelId": "same"})
        for name, (created, uid) in (("one", one), ("other", other))
    }
    known.has(*models.values())
    for name, model in models.items():
        assert known.directory.id_taken_by(model) == (None if name == older else f"ml/{older}")


@pytest.mark.parametrize("uids", [("uid-1", "uid-2"), ("uid-2", "uid-1")])
def test_of_two_of_one_second_what_is_published_keeps_its_id_after_a_restart_too(uids: tuple[str, str]) -> None:
    there = a_model("there", uid=uids[0], spec={"modelId": "same"}, status=published("there"))
    late = a_model("late", uid=uids[1], spec={"modelId": "same"})
    for order in ((there, late), (late, there)):
        again = Known()
        again.has(*order)
        assert again.directory.id_taken_by(late) == "ml/there"
        assert again.directory.id_taken_by(there) is None


def test_an_id_is_the_objects_own_name_where_the_spec_has_none(known: Known) -> None:
    plain, named = a_model("tenant"), a_model("late", created=NEW, spec={"modelId": "tenant"})
    known.has(plain, named)
    assert known.directory.id_taken_by(named) == "ml/tenant"


def test_one_id_on_two_endpoints_is_nobodys_trouble(known: Known) -> None:
    one = a_model("one", spec={"modelId": "same"})
    other = a_model("other", spec={"modelId": "same", "endpointRef": {"name": "other"}})
    known.has(one, other)
    assert known.directory.id_taken_by(one) is None
    assert known.directory.id_taken_by(other) is None
    assert known.woken() == []


def test_the_younger_is_woken_when_the_older_goes_or_appears(known: Known) -> None:
    old = a_model("old", spec={"modelId": "same"})
    young = a_model("young", created=NEW, spec={"modelId": "same"})
    known.has(young, a_model("else"))
    assert known.woken() == []
    known.has(old)
    assert known.woken() == ["young"]
    known.directory.remove_model(key_of(old))
    assert known.woken() == ["young"]
    assert known.directory.id_taken_by(young) is None


def test_an_older_one_that_is_being_deleted_keeps_its_id_until_it_is_gone(known: Known) -> None:
    young = a_model("young", created=NEW, spec={"modelId": "same"})
    known.has(a_model("old", spec={"modelId": "same"}, deleted=True), young)
    assert known.directory.id_taken_by(young) == "ml/old"


def test_a_model_made_again_under_its_name_is_another_one(known: Known) -> None:
    rival = a_model("rival", created="2026-11-22T10:30:00Z", spec={"modelId": "same"})
    known.has(a_model("same", uid="first"), rival)
    assert known.directory.id_taken_by(rival) == "ml/same"
    again = a_model("same", uid="second", created=NEW, spec={"endpointRef": {"name": "other"}})
    known.has(again)
    assert known.directory.id_taken_by(rival) is None
    assert known.directory.counts(ENDPOINT).declared == 1
    assert known.directory.counts(OTHER).declared == 1


@pytest.mark.parametrize(
    ("change", "everybody"),
    [
        ({"s3_prefix": "s3://ml-models/elsewhere/"}, True),
        ({"multi_model": False, "s3_prefix": ""}, True),
        ({"place": Place(region="eu-west-1")}, True),
        ({"being_deleted": True}, True),
        ({"endpoint_name": "ml-another"}, True),
        ({"available": False}, False),
        ({"settled": False}, False),
        ({"serving_since": "8ab01e55c2"}, False),
        ({"instance_count": 3}, False),
    ],
    ids=str,
)
def test_an_endpoint_wakes_all_its_models_or_only_those_that_wait(
    known: Known, *, change: dict[str, Any], everybody: bool
) -> None:
    waits = [
        a_model("new"),
        a_model("leaves-content", status=published("leaves-content") | {"obsolete": [f"{PREFIX}old.tar.gz"]}),
        a_model("replaces", status=published("replaces") | {"publishing": PUBLISHING}),
    ]
    known.has(serving("rests"), *waits)
    known.directory.put_endpoint(ENDPOINT, a_target())
    known.woken()
    known.directory.put_endpoint(ENDPOINT, a_target(**change))
    assert known.woken() == sorted(["leaves-content", "new", "replaces", *(["rests"] if everybody else [])])


PUBLISHING = {"artifactS3Uri": f"{PREFIX}new.tar.gz", "content": "0123", "since": OLD}


def test_an_endpoint_that_appears_or_goes_wakes_all_and_one_that_stays_wakes_nobody(known: Known) -> None:
    known.has(serving("a"), serving("b"))
    known.directory.put_endpoint(ENDPOINT, a_target())
    assert known.woken() == ["a", "b"]
    known.directory.put_endpoint(ENDPOINT, a_target())
    assert known.woken() == []
    known.directory.remove_endpoint(ENDPOINT)
    assert known.woken() == ["a", "b"]
    known.directory.remove_endpoint(ENDPOINT)
    assert known.woken() == []


def test_what_is_counted_follows_every_model_and_the_prefix(known: Known) -> None:
    known.has(serving("a", size=10, warm=True), a_model("b"), serving("c", size=5))
    assert known.directory.counts(ENDPOINT) == ModelCounts(declared=3, warm=1), "no endpoint, so no prefix"
    known.directory.put_endpoint(ENDPOINT, a_target())
    assert known.directory.counts(ENDPOINT) == ModelCounts(declared=3, published=2, warm=1, published_bytes=15)
    known.has(serving("b", size=7, warm=True))
    assert known.directory.counts(ENDPOINT) == ModelCounts(declared=3, published=3, warm=2, published_bytes=22)
    known.has(a_model("a", deleted=True, status=published("a", size=10, warm=True)))
    assert known.directory.counts(ENDPOINT) == ModelCounts(declared=2, published=2, warm=1, published_bytes=12)
    known.directory.remove_model(ObjectKey("ml", "b"))
    assert known.directory.counts(ENDPOINT) == ModelCounts(declared=1, published=1, warm=0, published_bytes=5)
    known.directory.put_endpoint(ENDPOINT, a_target(s3_prefix="s3://ml-models/elsewhere/"))
    assert known.directory.counts(ENDPOINT) == ModelCounts(declared=1)


def test_callers_are_told_of_what_is_published_and_not_of_what_leaves(known: Known) -> None:
    known.directory.put_endpoint(ENDPOINT, a_target())
    known.has(
        a_model("one", spec={"modelId": "tenant-1"}, status=published("one")),
        a_model("gone", status=published("gone"), deleted=True),
        a_model("elsewhere", status=published("elsewhere", prefix="s3://ml-models/old/")),
        a_model("new"),
    )
    assert known.directory.target_models(ENDPOINT) == {"tenant-1": "one/0123456789.tar.gz"}
    assert known.directory.published_by(ENDPOINT) == {ObjectKey("ml", "one"): f"{PREFIX}one/0123456789.tar.gz"}


def test_an_endpoint_has_news_when_a_model_changed_and_none_after_an_echo(known: Known) -> None:
    known.has(a_model("a"))
    assert known.moved() == ["autocomplete"]
    known.has(a_model("a", resourceVersion="2", generation=2))
    assert known.moved() == []
    known.has(serving("a"))
    assert known.moved() == ["autocomplete"]
    known.directory.remove_model(ObjectKey("ml", "a"))
    assert known.moved() == ["autocomplete"]


def test_nothing_is_kept_of_what_is_gone(known: Known) -> None:
    known.has(a_model("a"))
    known.directory.put_endpoint(ENDPOINT, a_target())
    assert [key for key, _ in known.directory.endpoints()] == [ENDPOINT]
    known.directory.remove_model(ObjectKey("ml", "a"))
    known.directory.remove_model(ObjectKey("ml", "a"))
    known.directory.remove_endpoint(ENDPOINT)
    assert known.directory.published_by(ENDPOINT) == {}
    assert known.directory.counts(ENDPOINT) == ModelCounts()
    assert known.directory._groups == {}
