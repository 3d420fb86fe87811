"""Two servers never share a port, whichever simulator on the machine they belong to."""

import socket
import subprocess
import sys

from sagemaker_simulator.hosting import port_block
from sagemaker_simulator.hosting.port_block import is_free, take_port_block


def test_blocks_that_are_held_do_not_overlap_and_come_back_when_released() -> None:
    blocks = [take_port_block() for _ in range(50)]
    ports = [port for block in blocks for port in range(block.first, block.first + 10)]
    assert len(set(ports)) == len(ports)
    assert all(block.safe_range == f"{block.first + 1}-{block.first + 9}" for block in blocks)
    first = blocks[0].first
    assert port_block._hold(first) is None
    for block in blocks:
        block.release()
    hold = port_block._hold(first)
    assert hold is not None
    hold.close()


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert not is_free(port)
    assert is_free(port)


HOLDER = """
from sagemaker_simulator.hosting.port_block import take_port_block
block = take_port_block()
print(block.first, flush=True)
input()
"""


def test_a_block_of_another_simulator_is_left_alone_until_that_one_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        first = int(other.stdout.readline())
        assert port_block._hold(first) is None
        other.kill()
    hold = port_block._hold(first)
    assert hold is not None
    hold.close()
