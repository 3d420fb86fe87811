"""Keys of what is published: made from content, one for each object, and never two for one."""

import re

import pytest

from endpoint_operator.planning.models.facts import SourceSeen
from endpoint_operator.planning.models.target_keys import content_of, folder_of, target_of
from tests.unit.models.models_given import CLUSTER, SOURCE, a_model, a_spec, archive


def _content(source: SourceSeen | None = None, *, template: str | None = None, **members: str) -> str:
    model = a_model(spec=a_spec(source={"s3Uri": SOURCE, **members}))
    return content_of(model, source or archive(), template_digest=template)


def test_what_decides_the_bytes_decides_the_content() -> None:
    others = [
        _content(archive("B")),
        _content(archive(size=101)),
        _content(SourceSeen(etag="A", size_bytes=100, is_directory=True)),
        _content(layout="Triton"),
        _content(version="2"),
        _content(template="digest"),
    ]
    assert len({_content(), *others}) == 7


def test_where_the_source_is_and_whose_it_is_does_not_decide_the_content() -> None:
    moved = a_model(spec=a_spec(source={"s3Uri": "s3://other/model.tar.gz"}), uid="uid-2", generation=7)
    assert content_of(moved, archive(), template_digest=None) == _content()


def test_the_key_is_the_model_id_and_ten_digits() -> None:
    target = target_of(a_model(), content=_content(), cluster_id=CLUSTER)
    assert re.fullmatch(r"tenant-1/[0-9a-f]{10}\.tar\.gz", target)


def test_an_object_restored_from_a_backup_has_the_keys_that_it_had() -> None:
    before, after = (target_of(a_model(uid=uid), content="c", cluster_id=CLUSTER) for uid in ("uid-1", "uid-2"))
    assert before == after


def test_two_objects_and_two_clusters_never_come_to_one_key() -> None:
    keys = {
        target_of(a_model(), content="c", cluster_id=CLUSTER),
        target_of(a_model(name="m2"), content="c", cluster_id=CLUSTER),
        target_of(a_model(), content="c", cluster_id="cluster-2"),
        target_of(a_model(), content="d", cluster_id=CLUSTER),
    }
    assert len(keys) == 4


def test_a_key_that_the_user_gives_is_taken_as_it_is() -> None:
    model = a_model(spec=a_spec(targetModel="a/b.tar.gz"))
    assert target_of(model, content="c", cluster_id=CLUSTER) == "a/b.tar.gz"


@pytest.mark.parametrize("model_id", ["tenant-1", "a.b_c-D9", "x" * 253])
def test_an_id_that_is_fit_for_a_key_is_the_folder(model_id: str) -> None:
    assert folder_of(model_id) == model_id


@pytest.mark.parametrize("model_id", ["a/b", "a b", "a+b", "a:b", ".", "..", "a%2Fb"])
def test_an_id_that_is_not_is_mapped_and_stays_one_of_its_own(model_id: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]+-[0-9a-f]{6}", folder_of(model_id))
    assert folder_of(model_id) != folder_of("a-b")


def test_the_longest_key_is_one_that_an_invocation_takes() -> None:
    model = a_model(spec=a_spec(modelId="/" * 253))
    assert len(target_of(model, content="c", cluster_id=CLUSTER)) <= 1024
