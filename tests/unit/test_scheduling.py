"""Which tests go to one worker."""

from tests.scheduling import group_of


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
