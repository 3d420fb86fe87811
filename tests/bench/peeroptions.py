"""The other controller, out of the options that describe it: which belong together, and what each may say."""

import argparse
import shlex
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.amounts import seconds
from tests.bench.kinds import kinds_in
from tests.bench.peer import Peer
from tests.bench.refusal import OptionError
from tests.bench.subjectoptions import subject_of

# Which options describe the other controller, and so mean nothing without --controller.
_OF_A_PEER = (
    "template", "crds", "watch", "ready_condition", "endpoint_name", "health_url", "rest_seconds",
    "restart_limit_seconds",
)  # fmt: skip
_NEEDED = ("template", "crds", "watch")


def add_peer_options(parser: argparse.ArgumentParser) -> None:
    """The group of the other controller, as --help shows it."""
    peer = parser.add_argument_group(
        "another controller", "measured in the place of the operator, with every right in a world of its own"
    )
    peer.add_argument(
        "--controller",
        metavar="COMMAND",
        help="a program with its arguments; no shell reads it. It finds KUBECONFIG and AWS_* in its environment, and "
        "$aws_endpoint_url, $region and $kubeconfig are filled in ($$ is a dollar)",
    )
    peer.add_argument(
        "--template",
        metavar="FILE",
        help="what is applied for one endpoint: YAML documents with $name and $namespace. The role "
        "arn:aws:iam::123456789012:role/sagemaker-execution exists, and ml.m5.large has the quota",
    )
    peer.add_argument("--crds", metavar="DIR", help="CustomResourceDefinitions (*.yaml), applied before it starts")
    peer.add_argument("--watch", metavar="GROUP/VERSION/PLURAL", help="the objects, called $name, that become ready")
    peer.add_argument("--ready-condition", metavar="TYPE", help="the condition that is then True (default Ready)")
    peer.add_argument("--endpoint-name", metavar="TEMPLATE", help="in SageMaker (default $namespace-$name)")
    peer.add_argument("--health-url", metavar="URL", help="on 127.0.0.1; it counts as started once this answers 200")
    peer.add_argument("--rest-seconds", metavar="S", help="the window at rest, real seconds (default 120)")
    peer.add_argument("--restart-limit-seconds", metavar="S", help="how long a restart is watched (default 180)")


def peer_of(given: argparse.Namespace) -> Peer | None:
    """None: our own operator. Raises OptionError."""
    if given.controller is None:
        alone = [_flag(name) for name in _OF_A_PEER if getattr(given, name) is not None]
        if alone:
            raise OptionError(f"{', '.join(alone)}: only beside --controller; without it our own operator is measured")
        return None
    missing = [_flag(name) for name in _NEEDED if getattr(given, name) is None]
    if missing:
        raise OptionError(f"--controller also needs {', '.join(missing)}; --help explains them")
    kinds = kinds_in(Path(given.crds))
    peer = Peer(
        subject=subject_of(
            kinds,
            template=Path(given.template),
            watched=given.watch,
            ready_condition=given.ready_condition,
            endpoint_name=given.endpoint_name,
        ),
        command=_command(given.controller),
        kinds=tuple(kind.manifest for kind in kinds),
        kind_names=frozenset(f"{kind.plural}.{kind.group}" for kind in kinds),
        health_url=_health_url(given.health_url or ""),
        rest_seconds=seconds("--rest-seconds", given.rest_seconds) or Peer.rest_seconds,
        restart_limit_seconds=seconds("--restart-limit-seconds", given.restart_limit_seconds)
        or Peer.restart_limit_seconds,
    )
    try:
        peer.words(aws_endpoint_url="", kubeconfig="")
    except (KeyError, ValueError) as error:
        raise OptionError(
            f"--controller: {error}; the placeholders are $aws_endpoint_url, $region and $kubeconfig, $$ is a dollar"
        ) from None
    return peer


def _command(text: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise OptionError(f"--controller: {error}; quote it as for a shell") from None
    if not words or shutil.which(words[0]) is None:
        raise OptionError(f"--controller: no program {words[0] if words else ''!r}; give its path")
    return words


def _health_url(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme != "http" or parts.hostname != "127.0.0.1"):
        raise OptionError(f"--health-url {text}: give http://127.0.0.1:PORT/PATH; only this machine is asked")
    return text


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
