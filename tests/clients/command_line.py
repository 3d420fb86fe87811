"""The AWS CLI's words."""

import dataclasses
import json
from typing import Any

from tests.clients.client import Client


@dataclasses.dataclass(frozen=True)
class CommandLine:
    """`aws` as a shell runs it; the answer is what it prints."""

    client: Client

    def __call__(self, service: str, command: str, *words: str, **options: object) -> Any:
        """Runs `aws SERVICE COMMAND WORDS... --OPTION VALUE...`; the JSON that it prints, None when it prints nothing.

        An option's value is written as a user writes it when it is a word, as JSON when it is a document; True is an
        option without a value.

        Raises:
            ClientFailed: it ended with another code than 0, as it does for every error that AWS answers.
        """
        spoken = [word for name, value in options.items() for word in _spoken(name, value)]
        aws = str(self.client.environment / "bin" / "aws")
        printed = self.client.runs(aws, service, command, *words, *spoken, "--output", "json")
        return json.loads(printed) if printed.strip() else None


def _spoken(name: str, value: object) -> list[str]:
    option = f"--{name.replace('_', '-')}"
    if value is True:
        return [option]
    return [option, value if isinstance(value, str) else json.dumps(value)]
