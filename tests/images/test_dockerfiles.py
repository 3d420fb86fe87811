"""What can be said of the Dockerfiles without building them."""

import dataclasses
import re
import shutil
from pathlib import Path

import pytest

from devworld.images.recipes import IMAGES, OPERATOR, ImageRecipe
from devworld.settings import PROJECT

PUBLIC_BASE = "python:3.13-slim"


@pytest.fixture(params=IMAGES, ids=[recipe.folder for recipe in IMAGES])
def recipe(request: pytest.FixtureRequest) -> ImageRecipe:
    found: ImageRecipe = request.param
    return found


def test_who_can_pull_builds_on_the_official_image_and_everybody_else_on_another(recipe: ImageRecipe) -> None:
    text = recipe.dockerfile.read_text(encoding="utf-8")
    assert re.findall(r"^ARG BASE=(\S+)$", text, re.MULTILINE) == [PUBLIC_BASE]
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${BASE}", "scratch"]


def test_no_host_is_named(recipe: ImageRecipe) -> None:
    named = re.findall(r"https?://\S+|\b[\w-]+\.(?:com|org|io|dev)\b/", recipe.dockerfile.read_text(encoding="utf-8"))
    assert named == []


def test_all_that_is_installed_is_pinned_by_hash(recipe: ImageRecipe) -> None:
    text = recipe.dockerfile.read_text(encoding="utf-8")
    installs = re.findall(r"pip install (.+)$", text, re.MULTILINE)
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    [pins] = re.findall(r"^COPY (\S+requirements\S*|requirements/\S+) /build/$", text, re.MULTILINE)
    assert "--hash=sha256:" in (PROJECT / pins).read_text(encoding="utf-8")


def test_an_edit_of_a_copied_file_makes_another_image_and_what_python_caches_does_not(tmp_path: Path) -> None:
    for name in ("containers", "operator", "requirements"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    recipe = dataclasses.replace(OPERATOR, checkout=tmp_path)
    before = recipe.inputs()
    package = tmp_path / "operator" / "endpoint_operator"
    (package / "__pycache__").mkdir(exist_ok=True)
    (package / "__pycache__" / "app.cpython-399.pyc").touch()
    assert recipe.inputs() == before == OPERATOR.inputs()
    (package / "app.py").write_text("# edited")
    assert recipe.inputs() != before
