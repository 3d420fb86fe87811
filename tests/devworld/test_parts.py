"""A part is started once it is itself what answers, on ports that it keeps for life."""

import dataclasses
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.controlplane.httpcheck import answers_ok
from tests.controlplane.part import Part, PartError, Ports, Recipe
from tests.controlplane.proc import listens_on


@pytest.fixture
def stranger() -> Iterator[socket.socket]:
    """A socket of somebody else's, to be bound to a port of ours."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield other


def recipe(log: Path) -> Recipe:
    """A web server of Python's."""
    return Recipe(
        name="server",
        port_count=1,
        command=lambda ports: (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(ports[0])),
        environment=lambda: os.environ,
        log=log,
        answers=lambda ports: answers_ok(f"http://127.0.0.1:{ports[0]}/"),
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Part]:
    """Not started."""
    part = Part(recipe(tmp_path / "server.log"))
    yield part
    part.stop()


def take(stranger: socket.socket, port: int) -> None:
    stranger.bind(("127.0.0.1", port))
    stranger.listen()


def test_a_port_that_was_taken_in_the_last_moment_is_given_up_for_another(
    tmp_path: Path, stranger: socket.socket
) -> None:
    usual = recipe(tmp_path / "server.log")
    given: list[int] = []

    def command(ports: Ports) -> tuple[str, ...]:
        if not given:
            take(stranger, ports[0])
        given.append(ports[0])
        return usual.command(ports)

    server = Part(dataclasses.replace(usual, command=command))
    try:
        server.start()
        assert len(given) == len(("the stranger's", "its own"))
        assert server.ports == (given[1],)
        assert listens_on(server.pid, given[1])
    finally:
        server.stop()


def test_a_killed_part_comes_back_on_its_port(server: Part) -> None:
    server.start()
    before, pid = server.ports, server.pid
    server.kill()
    assert not server.alive
    server.start()
    assert server.ports == before
    assert server.pid != pid
    assert server.recipe.answers(before)


def test_a_part_whose_own_port_was_taken_while_it_was_down_says_so(server: Part, stranger: socket.socket) -> None:
    server.start()
    server.kill()
    take(stranger, server.ports[0])
    with pytest.raises(PartError, match=rf"another program took its port meanwhile \({server.ports[0]}\)"):
        server.start()


def test_what_answers_on_its_port_but_is_not_the_part_is_not_taken_for_it(stranger: socket.socket) -> None:
    take(stranger, 0)
    port = stranger.getsockname()[1]
    assert listens_on(os.getpid(), port)
    assert not listens_on(os.getppid(), port)
