"""`make test` runs every test there is: a folder that it does not name would rot unseen."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_make_test_names_every_folder_of_tests() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {word for line in makefile.splitlines() for word in line.split() if word.startswith("tests/")}
    folders = {path.relative_to(ROOT).parts[1] for path in (ROOT / "tests").rglob("test_*.py")}
    assert {f"tests/{folder}" for folder in folders} <= named
