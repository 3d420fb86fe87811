"""Which tests go to one worker."""

import re
from pathlib import Path

from tests.scheduling import group_of

TESTS = Path(__file__).parents[1]


def test_all_that_start_nodes_are_one_group_and_any_other_file_is_its_own() -> None:
    nodes = [
        f"tests/{folder}::test_it" for folder in ("node/test_a.py", "node/operators/test_b.py", "images/test_c.py")
    ]
    files = ["tests/unit/test_a.py::test_it[a::b]", "tests/unit/test_b.py::TestIt::test_it", "tests/nodes/test_c.py::t"]
    assert {group_of(nodeid) for nodeid in nodes} == {"nodes"}
    assert [group_of(nodeid) for nodeid in files] == [
        "tests/unit/test_a.py",
        "tests/unit/test_b.py",
        "tests/nodes/test_c.py",
    ]


def test_every_file_that_starts_a_node_is_in_that_group() -> None:
    started_by = re.compile(
        r"Node\.start\(|Ground\.begun\(|devworld\.nodes import|devworld import .*\bnodes\b|endtoend\.\w+ import"
    )
    files = [file for file in sorted(TESTS.rglob("test_*.py")) if started_by.search(file.read_text(encoding="utf-8"))]
    assert len(files) > 4
    assert {group_of(str(file.relative_to(TESTS.parent))) for file in files} == {"nodes"}
