"""Every IAM action that calls need, written down once: what a policy must hold is seen, not guessed."""

import json
from collections.abc import Mapping
from pathlib import Path

from sagemaker_simulator.wire.request import Call, Incoming

from .actions import TagsOf, actions_of
from .policy import Action


class RecordActions:
    """A check of every call that refuses none.

    A line of JSON for each key, user agent, call, action, kind of resource, whether there was one, and conditions.
    """

    def __init__(self, file: Path, *, tags_of: TagsOf) -> None:
        """The file is appended to, for a simulator may be killed and started again."""
        self._file = file
        self._tags_of = tags_of
        self._seen: set[tuple[object, ...]] = set()

    async def __call__(self, call: Call, request: Incoming) -> None:
        who = {"accessKey": call.caller.access_key, "userAgent": request.headers.get("User-Agent", "")}
        for action in actions_of(call, tags_of=self._tags_of, headers=request.headers):
            there = self._tags_of(call.caller, action.resource) is not None
            what = (call.service, call.operation, action.name, _kind(action), there, frozenset(action.context.items()))
            if (*who.values(), *what) not in self._seen:
                self._seen.add((*who.values(), *what))
                self._write(who, call, action, there=there)

    def _write(self, who: Mapping[str, str | None], call: Call, action: Action, *, there: bool) -> None:
        row = {
            **who,
            "call": f"{call.service}:{call.operation}",
            "action": action.name,
            "resource": action.resource,
            "there": there,
            "conditions": dict(action.context),
        }
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _kind(action: Action) -> str:
    """Return the ARN without region, account and names: `arn:aws:sagemaker:endpoint/`, `arn:aws:s3:/` of an object."""
    parts = action.resource.split(":", 5)
    if len(parts) < 6:
        return action.resource
    kind, named, _ = parts[5].replace(":", "/").partition("/")
    whole = "/" if named else ""
    return ":".join((*parts[:3], whole if parts[2] == "s3" else kind + whole))
