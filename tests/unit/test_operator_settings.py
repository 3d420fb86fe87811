"""Flags that hold more than one value, and what the packing Jobs are made of."""

import pytest

from endpoint_operator.settings import Settings


def test_flags_of_the_packer_reach_its_jobs() -> None:
    packer = Settings(
        packer_image="repo/packer:1",
        packer_node_selector="disk=fast, zone=a",
        packer_environment="AWS_ENDPOINT_URL=http://s3:9000/?a=b",
        packer_deadline_seconds=600,
    ).packer()
    assert (packer.image, packer.deadline_seconds) == ("repo/packer:1", 600)
    assert packer.node_selector == {"disk": "fast", "zone": "a"}
    assert packer.environment == {"AWS_ENDPOINT_URL": "http://s3:9000/?a=b"}


def test_without_flags_nothing_is_packed_and_nothing_is_selected() -> None:
    packer = Settings().packer()
    assert (packer.image, packer.node_selector, packer.environment) == (None, {}, {})


@pytest.mark.parametrize("text", ["fast", "=fast", "disk=fast,zone"])
def test_a_flag_that_is_no_list_of_pairs_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"--packer-node-selector .*: give NAME=value"):
        Settings(packer_node_selector=text).packer()
