"""Which worker runs which test: a file is one worker's, and one worker has all that start nodes.

A file's worlds are made once so, and tests that look at what a node leaves on the machine do not want another one to
come up meanwhile. (`--dist loadgroup` of pytest-xdist 3.8 does nothing with pytest 9.2 and does not say so.)
"""

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

_START_NODES = (
    "tests/endtoend",
    "tests/images",
    "tests/node",
    "tests/devworld/test_node_world.py",
    "tests/devworld/test_chart_on_a_node.py",
)


class ByFile(LoadScopeScheduling):  # type: ignore[misc] # it comes without types
    """Files in the order of the command line, each to the worker that is free first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """Tests of one group run on one worker, in order."""
    file = PurePosixPath(nodeid.partition("::")[0])
    return "nodes" if any(file.is_relative_to(folder) for folder in _START_NODES) else str(file)
