"""A control plane and AWS at the kill test's pace; the operators are the campaign's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devworld.prerequisites import make_execution_role
from devworld.settings import Settings
from devworld.world import World
from tests.chaos.kill.model_versions import put_sources
from tests.chaos.kill.pace import FRESH
from tests.chaos.kill.versions import ANSWERS_BUCKET


@contextmanager
def world_of_kills(directory: Path) -> Iterator[World]:
    """Its processes end with the process that asks."""
    world = World.start(directory, Settings(time_scale=FRESH.time_scale, operator=False), die_with_parent=True)
    try:
        make_execution_role(world)
        s3 = world.boto3("s3")
        try:
            s3.create_bucket(Bucket=ANSWERS_BUCKET)
            put_sources(s3)
        finally:
            s3.close()
        yield world
    finally:
        world.stop()
        world.control_plane.discard()
