"""Temporary credentials end in simulated time: who has which until when, and the refusal of calls made later."""

import re
from datetime import UTC, datetime

from sagemaker_simulator.clock import Clock
from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Call, Incoming, Reply

_KEY = re.compile(rb"<AccessKeyId>([^<]+)</AccessKeyId>")
_EXPIRATION = re.compile(rb"(?<=<Expiration>)[^<]+(?=</Expiration>)")


class Sessions:
    """The temporary keys that STS gave out."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def begun(self, reply: Reply, *, seconds: int) -> Reply:
        """Remember the session in an answer of STS; returns the answer with the simulated Expiration."""
        key = _KEY.search(reply.body)
        if reply.status != 200 or key is None:
            return reply
        until = self._clock.seconds() + seconds
        self._until[key.group(1).decode()] = until
        moment = datetime.fromtimestamp(int(until), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = _EXPIRATION.sub(moment.encode(), reply.body)
        return Reply(status=reply.status, body=body, headers=reply.headers)

    async def __call__(self, call: Call, _request: Incoming) -> None:
        """Raise AwsError for a call with a key that is past its time. The error differs by service and protocol."""
        until = self._until.get(call.caller.access_key or "")
        if until is None or self._clock.seconds() < until:
            return
        if call.service == "s3":
            raise AwsError("ExpiredToken", "The provided token has expired.")
        code = "ExpiredToken" if call.protocol == "query" else "ExpiredTokenException"
        raise AwsError(code, "The security token included in the request is expired", status=403)

    def clear(self) -> None:
        self._until.clear()
