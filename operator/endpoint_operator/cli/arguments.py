"""Arguments that the verbs share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from endpoint_operator.kube.current_namespace import current_namespace

Command = TypeVar("Command", bound=Callable[..., Any])


def namespace_option(command: Command) -> Command:
    """-n, as kubectl has it; the command gets None where it is not given."""
    return click.option(
        "-n",
        "--namespace",
        help="Namespace. Default: that of the kubeconfig's current context.",
    )(command)


def json_option(command: Command) -> Command:
    """-o json; the command gets `output`."""
    return click.option(
        "-o", "--output", "output", type=click.Choice(["json"]), help="Print JSON instead of text for people."
    )(command)


def chosen_namespace(namespace: str | None) -> str:
    return namespace or current_namespace()
