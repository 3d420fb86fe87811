"""Which variables the programs of a world see: its own AWS and its own cluster, never the user's."""

import os
from collections.abc import Mapping, MutableMapping
from urllib.parse import urlsplit

from devworld.node import slots
from devworld.node.addresses import LABORATORY
from devworld.settings import SettingsError

REGION = "us-east-1"
ACCOUNT = "123456789012"
PACKER_KEY = "AKIADEVWORLDPACKER01"
USER_KEY = "AKIADEVWORLDUSER0001"
OPERATOR_KEY = "AKIADEVWORLDOPERATOR"
SECRET = "the-simulator-checks-no-signatures"  # noqa: S105 - and so this is none
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# No proxy leads to a program of this machine or to a node: Go and most of Python read networks, the rest names.
DIRECT = (*LOOPBACK[:2], str(LABORATORY))


def clear_inherited(environment: MutableMapping[str, str]) -> None:
    """Takes every AWS_* variable away, and KUBECONFIG unless TEST_CLUSTER asks for the user's cluster.

    Raises:
        SettingsError: an AWS endpoint is set that is not on this machine. Then somebody means to reach something real,
            and a world that quietly does something else would mislead him.
    """
    for name in [name for name in environment if name.startswith("AWS_ENDPOINT_URL")]:
        refuse_foreign(name, environment[name])
    for name in [name for name in environment if name.startswith("AWS_")]:
        del environment[name]
    if not environment.get("TEST_CLUSTER"):
        environment.pop("KUBECONFIG", None)


def refuse_foreign(name: str, url: str) -> None:
    """Raises SettingsError when the URL is neither on the loopback nor where the pods of a node find this machine."""
    ours = (*LOOPBACK, *map(str, slots.machine_addresses()))
    if url and urlsplit(url).hostname not in ours:
        raise SettingsError(f"{name}={url} is not on this machine; unset it: a world talks to its simulator only")


def aws_variables(*, endpoint_url: str, access_key: str) -> dict[str, str]:
    """What makes boto3 and aws-cli talk to the simulator; the rest is as `.dev/env` promises it."""
    refuse_foreign("AWS_ENDPOINT_URL", endpoint_url)
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,  # boto3 reads only this one
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def go_direct(environment: MutableMapping[str, str]) -> None:
    """Adds to what a user reaches without his proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        environment[name] = ",".join(filter(None, [environment.get(name, ""), *DIRECT]))


def for_child(additions: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a program of the world inherits: ours, cleared, with the additions; no profile or proxy of the user's."""
    environment = dict(os.environ)
    clear_inherited(environment)
    environment.pop("KUBECONFIG", None)
    go_direct(environment)
    return environment | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONUNBUFFERED": "1",
        **(additions or {}),
    }
