"""The images of this checkout, built once and kept; without a way to build them the tests say so and are skipped."""

import pytest

from devworld.images.availability import available
from devworld.images.building import Built, built
from devworld.images.recipes import IMAGES


@pytest.fixture(scope="session")
def images() -> dict[str, Built]:
    """All of them, by the folder of their Dockerfile."""
    reason = available()
    if reason:
        pytest.skip(reason)
    return {recipe.folder: built(recipe) for recipe in IMAGES}
