"""`make demo` ends with the answer of the model that it trained, and nothing stays."""

from pathlib import Path

from tests.devworld.command import DevWorld, processes_of


def test_the_demo_answers_once_with_a_probability_and_leaves_nothing(tmp_path: Path) -> None:
    said = DevWorld(tmp_path / "dev").run("demo", TIME_SCALE="600")
    assert said.code == 0, said.output
    (answer,) = [line for line in said.output.splitlines() if line.startswith("answer: ")]
    assert 0 < float(answer.removeprefix("answer: ")) < 1
    assert "the model itself, asked without an endpoint, says the same" in said.output
    assert "SageMaker holds no endpoint, no config and no model any more" in said.output
    assert processes_of(tmp_path / "dev-demo") == []
    assert not (tmp_path / "dev-demo").exists()
