"""`python -m endpoint_operator run` starts the operator; `crd` prints its CustomResourceDefinitions."""

import asyncio
import logging
import os
import sys
from typing import NoReturn

from pydantic import ValidationError
from pydantic_settings import CliApp

from endpoint_operator.api.crd import CRDS, as_yaml
from endpoint_operator.app import App
from endpoint_operator.aws.session import RegionMissing
from endpoint_operator.kube.connection import ClusterConfigMissing
from endpoint_operator.logs import log_as_json
from endpoint_operator.memory import keep_memory_small
from endpoint_operator.planning.tenancy.rules_file import TenancyFileRefused
from endpoint_operator.settings import Settings

USAGE = """usage: python -m endpoint_operator run [FLAGS]   start the operator (run --help lists the flags)
       python -m endpoint_operator crd [KIND]    print the CustomResourceDefinitions, or that of inferencemodels
"""


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run", *flags]:
            return _run(flags)
        case ["crd"]:
            sys.stdout.write("---\n".join(as_yaml(make()) for make in CRDS.values()))
            return 0
        case ["crd", plural] if plural in CRDS:
            sys.stdout.write(as_yaml(CRDS[plural]()))
            return 0
        case _:
            sys.stderr.write(USAGE)
            return 2


def _run(flags: list[str]) -> int:
    try:
        settings = CliApp.run(Settings, cli_args=flags)
        settings.http_host_and_port()
        settings.packer()
    except (ValidationError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    keep_memory_small()
    log_as_json(settings.log_level)
    try:
        _leave(asyncio.run(_operate(settings)))
    except (ClusterConfigMissing, RegionMissing, TenancyFileRefused, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _leave(code: int) -> NoReturn:
    """End the process now.

    Python would first wait for every thread that still waits for an answer of AWS, for minutes where AWS hangs. What
    such a call did is found by the next start.
    """
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


async def _operate(settings: Settings) -> int:
    return await App(settings).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
