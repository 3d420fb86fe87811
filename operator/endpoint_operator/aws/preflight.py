"""Preflight: everything that a revision needs is looked at before SageMaker is asked for it."""

import time
from collections.abc import Awaitable, Callable

from endpoint_operator.aws.artifacts import ArtifactLooks
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.identity import Account
from endpoint_operator.aws.periods import LOOK_SECONDS
from endpoint_operator.aws.roles import RoleLooks
from endpoint_operator.aws.single_flight import SingleFlight
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.facts import Artifact, Look, Looks

Seen = tuple[Look, Artifact | None]


class Preflight:
    """Looks, each believed for some seconds, for one rollout asks twice and many objects share a role."""

    def __init__(self, calls: Calls) -> None:
        self._artifacts = ArtifactLooks(calls)
        self._roles = RoleLooks(calls)
        self._seen: dict[str, tuple[float, Seen]] = {}
        self._flight = SingleFlight[str, Seen]()

    async def look(self, desired: Desired, account: Account) -> Looks:
        """Raises CallFailed when AWS cannot be asked."""
        seen = [await self._role(desired.execution_role_arn, account)]
        for container in (container for variant in desired.variants for container in variant.containers):
            if container.spec.model_data is not None:
                seen.append(
                    await self._artifact(container.spec.model_data.s3_uri, f"{container.field}.modelData.s3Uri")
                )
        return Looks(
            looks=tuple(look for look, _ in seen),
            artifacts=tuple(artifact for _, artifact in seen if artifact is not None),
        )

    async def _role(self, role_arn: str, account: Account) -> Seen:
        async def look() -> Seen:
            return await self._roles.look(role_arn, account), None

        return await self._look_once(role_arn, look)

    async def _artifact(self, s3_uri: str, field: str) -> Seen:
        async def look() -> Seen:
            return await self._artifacts.look(s3_uri, field=field)

        return await self._look_once(s3_uri, look)

    async def _look_once(self, about: str, look: Callable[[], Awaitable[Seen]]) -> Seen:
        return self._believed(about) or self._remember(about, await self._flight.share(about, look))

    def _believed(self, about: str) -> Seen | None:
        at, seen = self._seen.get(about, (float("-inf"), None))
        return seen if time.monotonic() - at < LOOK_SECONDS else None

    def _remember(self, about: str, seen: Seen) -> Seen:
        if seen[0].fault is not None:  # what is wrong is mended any moment, and then seen at once
            return seen
        now = time.monotonic()
        self._seen = {key: value for key, value in self._seen.items() if now - value[0] < LOOK_SECONDS}
        self._seen[about] = (now, seen)
        return seen
