"""The commands, each imported when it is asked for: `status` need not wait until boto3 is there for `plan`."""

from importlib import import_module

import click

# In the order of the help.
MODULES = {
    "status": "endpoint_operator.cli.status_command",
    "plan": "endpoint_operator.cli.plan_command",
    "retry": "endpoint_operator.cli.retry_command",
}


class Commands(click.Group):
    """Each stands in its module under its own name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in MODULES:
            return None
        command: click.Command = getattr(import_module(MODULES[cmd_name]), cmd_name)
        return command
