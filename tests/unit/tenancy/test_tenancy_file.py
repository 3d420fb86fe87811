"""The file on disk: read at the start, read again when it changed, and never given up for a broken one."""

import os
from pathlib import Path

import pytest

from endpoint_operator.planning.tenancy.rules_file import API_VERSION, TenancyFileRefused
from endpoint_operator.tenancy_file import TenancyFile

NONE = f"apiVersion: {API_VERSION}\nrules: []\n"
ONE = f"apiVersion: {API_VERSION}\nrules:\n  - namespaces: [a]\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "tenancy.yaml"
    written.write_text(ONE)
    return written


def test_a_file_that_stays_is_read_once_and_one_that_changes_gives_its_rules_once(path: Path) -> None:
    file = TenancyFile(path)
    rules = file.begin()
    assert rules is not None
    assert (len(rules.rules), file.look()) == (1, None)
    path.write_text(NONE)
    changed = file.look()
    assert changed is not None
    assert (changed.rules, file.look()) == ((), None)


def test_a_broken_file_keeps_the_rules_and_is_said_until_it_is_mended(path: Path) -> None:
    file = TenancyFile(path)
    file.begin()
    path.write_text("rules: [")
    assert file.look() is None
    assert file.trouble is not None
    assert str(path) in file.trouble
    path.write_text(ONE)
    assert file.look() is None
    assert file.trouble is None


def test_a_file_that_goes_keeps_the_rules(path: Path) -> None:
    file = TenancyFile(path)
    file.begin()
    path.unlink()
    assert file.look() is None
    assert file.trouble is not None
    path.write_text(NONE)
    assert file.look() is not None
    assert file.trouble is None


def test_a_mounted_config_map_is_exchanged_by_its_links(tmp_path: Path) -> None:
    """As the kubelet does it: the file is a link through ..data, which is renamed over."""
    for version, text in (("one", ONE), ("two", NONE)):
        (tmp_path / version).mkdir()
        (tmp_path / version / "tenancy.yaml").write_text(text)
    (tmp_path / "..data").symlink_to("one")
    (tmp_path / "tenancy.yaml").symlink_to("..data/tenancy.yaml")
    file = TenancyFile(tmp_path / "tenancy.yaml")
    file.begin()
    (tmp_path / "..data_tmp").symlink_to("two")
    os.replace(tmp_path / "..data_tmp", tmp_path / "..data")
    assert file.look() is not None


@pytest.mark.parametrize("text", [None, "rules: [", b"\xff\xfe"])
def test_without_readable_rules_nothing_begins(tmp_path: Path, text: str | bytes | None) -> None:
    path = tmp_path / "tenancy.yaml"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(TenancyFileRefused, match=str(path)):
        TenancyFile(path).begin()


def test_without_a_file_there_are_no_rules() -> None:
    file = TenancyFile(None)
    assert (file.begin(), file.look(), file.trouble) == (None, None, None)
