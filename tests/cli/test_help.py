"""The help texts are the only documentation that somebody has at a shell; a wrong command line is exit code 1."""

import subprocess
import sys

import pytest

from tests.cli.program import Program


@pytest.fixture
def anywhere() -> Program:
    """Without a cluster and without AWS."""
    return Program({"KUBECONFIG": "/nonexistent/kubeconfig", "COLUMNS": "80"})


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("status", ["-A", "-o", "STATE is", "Stalled", "Exit code: 0", "kubectl inference status churn -n ml"]),
        ("plan", ["-f", "Exit code", "0 nothing to do", "2 calls to make", "1 error", "--cluster-id", "--region"]),
        ("plan", ["ENDPOINT_OPERATOR_CLUSTER_ID", "Nothing is written", "passed over"]),
        ("retry", ["inference.endpoint-operator.dev/reconcile-at", "try once", "Exit code: 0"]),
    ],
)
def test_the_help_of_each_verb_says_what_it_does_needs_and_answers(
    anywhere: Program, verb: str, told: list[str]
) -> None:
    said = anywhere(verb, "--help")
    flat = " ".join(said.out.split())
    assert said.code == 0
    assert f"Usage: kubectl inference {verb}" in flat
    assert [words for words in told if words not in flat] == []
    assert max(len(line) for line in said.out.splitlines()) <= 80


@pytest.mark.parametrize("words", [["plan"], ["plan", "-f", "/nonexistent/file"], ["fly"], ["status", "churn", "-A"]])
def test_a_wrong_command_line_is_never_taken_for_calls_to_make(anywhere: Program, words: list[str]) -> None:
    said = anywhere(*words)
    assert said.code == 1
    assert "Error: " in said.err


@pytest.mark.parametrize("verb", ["status", "retry"])
def test_who_does_not_ask_aws_does_not_wait_for_its_client(verb: str) -> None:
    ask = f"from endpoint_operator.cli.main import main; main([{verb!r}, '--help'])"
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", ask], capture_output=True, text=True, check=False)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 0, done.stderr
    assert "endpoint_operator.cli.arguments" in imported
    assert not imported & {"botocore", "boto3", "endpoint_operator.aws.room"}
