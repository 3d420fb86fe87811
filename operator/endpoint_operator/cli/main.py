"""The program kubectl-inference; kubectl finds it on PATH and runs it as `kubectl inference`."""

import io
import logging
import sys

import click

from endpoint_operator.cli.plan_command import plan
from endpoint_operator.cli.retry_command import retry
from endpoint_operator.cli.status_command import status

FAILED = 1
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
def inference() -> None:
    """SageMaker endpoints that a cluster's InferenceEndpoints ask for.

    The cluster is that of KUBECONFIG or ~/.kube/config and its current context. Only `plan` calls AWS, to read, with
    the credentials, profile and region that aws-cli and boto3 use too.
    """


inference.add_command(status)
inference.add_command(plan)
inference.add_command(retry)


def main(arguments: list[str] | None = None) -> None:
    """Run the program and end the process.

    A wrong command line ends with 1 and not with click's 2, which means "calls to make" to a script that runs `plan`.
    """
    _print_what_the_terminal_can()
    try:
        code = inference.main(arguments, prog_name="kubectl inference", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(FAILED)
    except click.Abort:
        sys.exit(INTERRUPTED)
    sys.exit(code)


def _print_what_the_terminal_can() -> None:
    """A terminal without × or → shows ? there; the client libraries' own warnings say what our sentences say too."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    logging.getLogger().addHandler(logging.NullHandler())
