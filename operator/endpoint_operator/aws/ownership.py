"""Whether a live endpoint is the object's own."""

import time

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.errors import is_not_found
from endpoint_operator.aws.periods import FOREIGN_SECONDS
from endpoint_operator.aws.tags import TagApi, why_foreign
from endpoint_operator.planning.facts import Foreign, Holder, LiveEndpoint, OperatorInputs
from endpoint_operator.planning.recorded import is_known


class Ownership:
    """Reads tags once an endpoint; one that status has seen, or that we just made, is ours without a call."""

    def __init__(self, tags: TagApi) -> None:
        self._tags = tags
        self._foreign: dict[str, tuple[float, Foreign | None]] = {}

    async def why_foreign(
        self, endpoint: InferenceEndpoint, live: LiveEndpoint, inputs: OperatorInputs
    ) -> Foreign | None:
        """Why the endpoint is not ours; None when it is.

        Raises CallFailed.
        """
        known = endpoint.status.endpoint
        made_by_us = known is not None and known.arn == live.arn and known.creation_time is None
        if made_by_us or is_known(known, created=live.created):
            return None
        at, reason = self._foreign.get(live.arn, (float("-inf"), None))
        if time.monotonic() - at < FOREIGN_SECONDS:
            return reason
        found = await self._ask(endpoint, live, inputs)
        if found is not None:
            self._foreign[live.arn] = (time.monotonic(), found)
        return found

    def forget(self, arn: str) -> None:
        """Its tags are others now."""
        self._foreign.pop(arn, None)

    async def _ask(self, endpoint: InferenceEndpoint, live: LiveEndpoint, inputs: OperatorInputs) -> Foreign | None:
        try:
            tags = await self._tags.of(live.arn)
        except CallFailed as error:
            if is_not_found(error):  # its tags are not visible yet, or it is going away: not ours until they say so
                return Foreign(
                    holder=Holder.UNKNOWN, message=f"the tags of the endpoint {live.name} cannot be read yet"
                )
            raise
        return why_foreign(tags, what=f"the endpoint {live.name}", endpoint=endpoint, inputs=inputs)
