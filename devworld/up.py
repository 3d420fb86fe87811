"""`make dev-up`: a world that stays, whole again after any part of it died."""

import os
from pathlib import Path

from devworld import down, envfile, node_choice
from devworld.narration import Narration, as_typed
from devworld.onlyone import only_one
from devworld.settings import Settings, refuse_changes
from devworld.state import State
from devworld.world import World
from tests.controlplane.source import where_from


def up(directory: Path, settings: Settings) -> World:
    """Returns when all of it is ready and `env` is written.

    Raises:
        SettingsError: it runs already, with other settings.
        PartError: a part does not start. Of a new world nothing is left running then; an old one is left as it is.
    """
    says = Narration("dev-up")
    with only_one(directory):
        world = _running(directory, settings)
        if world is None:
            world = _new(directory, settings, says)
        else:
            _mend(world, says)
        env = envfile.write(world)
        says.say(f"ready: source {as_typed(env)}")
        return world


def _running(directory: Path, settings: Settings) -> World | None:
    """The world of the directory, if anything of it lives."""
    state = State.read(directory)
    if state is None:
        return None
    world = World.found(directory, settings, state)
    if not world.alive:
        return None
    refuse_changes(running=state.settings, asked=settings.as_words())
    return world


def _new(directory: Path, settings: Settings, says: Narration) -> World:
    down.clear(directory)
    source = where_from(os.environ)
    settings = node_choice.decided(settings, directory, environment=os.environ, says=says)
    cluster = "a cluster of one node" if settings.node else "the control plane"
    says.say(f"starting {cluster}, the simulator{' and the operator' if settings.operator else ''}")
    world = World(directory, settings, source)
    try:
        world.bring_up()
    except BaseException:
        world.stop()
        raise
    return world


def _mend(world: World, says: Narration) -> None:
    missing = world.missing()
    says.say(
        f"running already; starting again: {', '.join(missing)}" if missing else "running already, nothing is missing"
    )
    if "node" in missing:
        says.say("the node is gone and all that was in the cluster with it; what is in AWS stays")
    before = world.simulator_process.process
    world.bring_up()
    if "simulator" not in missing and world.simulator_process.process is not before:
        says.say("the node has another address now, so the simulator was started again too: AWS is empty")
