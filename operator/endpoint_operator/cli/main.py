"""The program kubectl-inference; kubectl finds it on PATH and runs it as `kubectl inference`."""

import io
import logging
import os
import sys

import click

from endpoint_operator.cli.commands import Commands

FAILED = 1
INTERRUPTED = 130
TRACEBACK = "KUBECTL_INFERENCE_TRACEBACK"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
def inference() -> None:
    """SageMaker endpoints that a cluster's InferenceEndpoints ask for.

    The cluster is that of KUBECONFIG or ~/.kube/config and its current context. Only `plan` calls AWS, to read, with
    the credentials, profile and region that aws-cli and boto3 use too.
    """


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
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        click.echo(_bug(error), err=True)
        sys.exit(FAILED)
    sys.exit(code)


def _bug(error: Exception) -> str:
    """The last resort: nobody foresaw this."""
    said = " ".join(str(error).split())[:300]
    return f"Error: a bug of kubectl-inference: {type(error).__name__}: {said}; run it with {TRACEBACK}=1 and report it"


def _print_what_the_terminal_can() -> None:
    """A terminal without × or → shows ? there; the client libraries' own warnings say what our sentences say too."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    logging.getLogger().addHandler(logging.NullHandler())
