"""`python -m devworld COMMAND`, behind the make targets of the same purpose."""

import argparse
import os
import sys
from collections.abc import Callable

from devworld.environment import clear_inherited, go_direct
from devworld.settings import Settings, demo_dir, dev_dir
from tests.controlplane.expected import ExpectedError
from tests.controlplane.interrupts import interrupt_on_signals
from tests.controlplane.source import where_from

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
SAID_AS = {"up": "dev-up", "down": "dev-down"}  # the make targets that a user typed


def _up() -> None:
    from devworld.up import up

    up(dev_dir(os.environ), Settings.from_environment(os.environ))


def _down() -> None:
    from devworld.down import down

    down(dev_dir(os.environ))


def _demo() -> None:
    from devworld.demo import demo

    demo(demo_dir(os.environ), Settings.from_environment(os.environ))


def _chart() -> None:
    from devworld.chart import chart

    chart(dev_dir(os.environ), simulated=False)


def _chart_with_simulator() -> None:
    from devworld.chart import chart

    chart(dev_dir(os.environ), simulated=True)


def _build() -> None:
    from devworld.node.availability import available
    from devworld.node.programs import Programs

    where_from(os.environ)
    if available() is None:
        Programs.ready()


COMMANDS: dict[str, tuple[Callable[[], None], str]] = {
    "up": (_up, "start the world, or what of it is missing, and write the file to source"),
    "down": (_down, "stop the world"),
    "demo": (_demo, "from nothing to the answer of a real model, and clean up"),
    "chart": (_chart, "give the node of the world the images, and print how to install the chart with them"),
    "chart-with-simulator": (_chart_with_simulator, "as chart, but with a simulator of its own in a pod"),
    "build": (_build, "make sure that the control plane's programs are there"),
}


def main() -> int:
    """The exit code: 0, 1 for what a user can mend, 130 after Ctrl-C."""
    interrupt_on_signals()
    parser = argparse.ArgumentParser(prog="python -m devworld", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, summary) in COMMANDS.items():
        commands.add_parser(name, help=summary)
    name = parser.parse_args().command
    try:
        clear_inherited(os.environ)
        go_direct(os.environ)
        COMMANDS[name][0]()
    except ExpectedError as error:
        print(f"{SAID_AS.get(name, name)}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{SAID_AS.get(name, name)}: interrupted", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
