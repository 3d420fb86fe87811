"""A wrong word on the benchmark's command line is a sentence, before anything has been started."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from devworld.environment import for_child
from devworld.settings import PROJECT
from tests.bench.fleet import GROUP, PLURAL, VERSION
from tests.bench.options import parse
from tests.bench.refusal import OptionError

TEMPLATE = f"""\
apiVersion: {GROUP}/{VERSION}
kind: InferenceEndpoint
metadata: {{name: $name, namespace: $namespace}}
"""


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    """Options that describe another controller."""
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE, encoding="utf-8")
    return {
        "--controller": f"{sys.executable} -m anything --aws $aws_endpoint_url --region=$region",
        "--template": str(template),
        "--crds": str(PROJECT / "crds"),
        "--watch": f"{GROUP}/{VERSION}/{PLURAL}",
    }


def words(options: Mapping[str, str]) -> list[str]:
    return [f"{flag}={value}" for flag, value in options.items()]


def test_without_a_controller_our_own_operator_is_measured() -> None:
    options = parse([], description=None)
    assert (options.peer, options.sizes, options.creating_seconds, options.models) == (None, [1, 100, 1000], 60, None)


def test_another_controller_is_started_with_its_placeholders_filled(good: dict[str, str]) -> None:
    peer = parse(words(good), description=None).peer
    assert peer is not None
    assert peer.words(aws_endpoint_url="http://127.0.0.1:1", kubeconfig="unused") == (
        *(sys.executable, "-m", "anything"),
        *("--aws", "http://127.0.0.1:1", "--region=us-east-1"),
    )
    assert not peer.settings.operator


def test_its_objects_and_its_endpoints_are_named_as_the_templates_say(good: dict[str, str]) -> None:
    peer = parse(words(good | {"--endpoint-name": "$namespace.$name"}), description=None).peer
    assert peer is not None
    assert [document["metadata"] for document in peer.subject.documents("e1")] == [{"name": "e1", "namespace": "bench"}]
    assert peer.subject.endpoint_name("e1") == "bench.e1"
    assert peer.subject.plurals[GROUP, "InferenceEndpoint"] == PLURAL


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"--controller": "no-such-program --flag"}, "--controller: no program 'no-such-program'"),
        ({"--controller": ""}, "--controller: no program ''"),
        ({"--controller": "sh -c 'a"}, "--controller: No closing quotation"),
        ({"--controller": "sh $port"}, "--controller: 'port'; the placeholders are"),
        ({"--template": "/no/such.yaml"}, "--template /no/such.yaml: No such file"),
        ({"--crds": "/no/such"}, "--crds /no/such: it holds no CustomResourceDefinition"),
        ({"--watch": "pods"}, "--watch pods: give GROUP/VERSION/PLURAL"),
        ({"--watch": f"{GROUP}/v9/{PLURAL}"}, f"--watch .*/v9/.*: --crds defines {GROUP}/{VERSION}/{PLURAL}"),
        ({"--endpoint-name": "same"}, "--endpoint-name: it holds no \\$name"),
        ({"--endpoint-name": "$nam"}, "--endpoint-name: 'nam'; the placeholders are"),
        ({"--health-url": "http://example.org/healthz"}, "--health-url .*: give http://127.0.0.1:PORT/PATH"),
        ({"--rest-seconds": "long"}, "--rest-seconds long: give a number of seconds above 0"),
        ({"--rest-seconds": "0"}, "--rest-seconds 0: give a number of seconds above 0"),
        ({"--restart-limit-seconds": "inf"}, "--restart-limit-seconds inf: give a number of seconds above 0"),
        ({"--creating-seconds": "-1"}, "--creating-seconds -1: give a number of seconds above 0"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(good: dict[str, str], changed: dict[str, str], complaint: str) -> None:
    with pytest.raises(OptionError, match=f"^{complaint}"):
        parse(words(good | changed), description=None)


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        (TEMPLATE.replace("$name", "$nmae", 1), "--template: 'nmae'; the placeholders are"),
        (TEMPLATE.replace("$name,", "fixed,"), "--template: 0 of its documents are of --watch"),
        (f"{TEMPLATE}---\n{TEMPLATE}", "--template: 2 of its documents are of --watch"),
        (TEMPLATE.replace("$namespace", "elsewhere"), "--template: give InferenceEndpoint metadata.namespace"),
        ("{a: b: c}", "--template: no YAML"),
        ("apiVersion: v1\nkind: Secret\n", "--template: v1 Secret is not defined in --crds"),
        ("just words", "--template: None None is not defined in --crds"),
    ],
)
def test_a_template_that_makes_no_endpoint_is_refused(good: dict[str, str], template: str, complaint: str) -> None:
    Path(good["--template"]).write_text(template, encoding="utf-8")
    with pytest.raises(OptionError, match=f"^{complaint}"):
        parse(words(good), description=None)


@pytest.mark.parametrize("missing", ["--template", "--crds", "--watch"])
def test_a_controller_alone_says_what_else_it_needs(good: dict[str, str], missing: str) -> None:
    with pytest.raises(OptionError, match=f"^--controller also needs {missing};"):
        parse(words({flag: value for flag, value in good.items() if flag != missing}), description=None)


def test_options_of_another_controller_are_refused_without_one() -> None:
    with pytest.raises(OptionError, match=r"^--crds, --rest-seconds: only beside --controller"):
        parse(["--crds=crds", "--rest-seconds=5"], description=None)


def test_no_endpoints_at_all_are_refused() -> None:
    with pytest.raises(OptionError, match=r"^SIZE 0: give numbers of endpoints, 1 or more"):
        parse(["0"], description=None)


def test_a_wrong_option_ends_the_benchmark_with_one_sentence() -> None:
    ended = _benchmark("--crds", "crds", environment={})
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == ("bench: --crds: only beside --controller; without it our own operator is measured\n")


def test_a_cluster_of_the_users_is_never_measured() -> None:
    ended = _benchmark("1", environment={"TEST_CLUSTER": "existing"})
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("bench: TEST_CLUSTER=existing: figures are taken in a control plane of their own")


def _benchmark(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench", *arguments]
    return subprocess.run(
        command, cwd=PROJECT, env=for_child(environment), capture_output=True, text=True, timeout=60, check=False
    )
