"""Preflight: everything that a revision needs is looked at before SageMaker is asked for it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from endpoint_operator.api.containers import Compression
from endpoint_operator.aws.alarm_looks import AlarmLooks
from endpoint_operator.aws.alarms import AlarmApi
from endpoint_operator.aws.artifacts import ArtifactLooks
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import CallFailed
from endpoint_operator.aws.finding import Finding, not_taken
from endpoint_operator.aws.identity import Account
from endpoint_operator.aws.images import ImageLooks
from endpoint_operator.aws.model_packages import ModelPackageLooks
from endpoint_operator.aws.override_shapes import OverrideShapes
from endpoint_operator.aws.periods import LOOK_SECONDS
from endpoint_operator.aws.quotas import QuotaLooks
from endpoint_operator.aws.roles import RoleLooks
from endpoint_operator.aws.single_flight import SingleFlight
from endpoint_operator.aws.subnets import SubnetLooks
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.desired_variants import DesiredContainer
from endpoint_operator.planning.facts import Artifact, LiveEndpoint, LiveStatus, Look, Looks, SeenImage

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing to look at. `about` names the thing, `field` where the manifest asks for it."""

    about: str
    field: str
    ask: Callable[[], Awaitable[Finding]]
    artifact: str | None = None
    image: str | None = None


class Preflight:
    """Looks, each believed for some seconds, for one rollout asks twice and many objects share a role."""

    def __init__(self, calls: Calls) -> None:
        self._artifacts = ArtifactLooks(calls)
        self._roles = RoleLooks(calls)
        self._images = ImageLooks(calls)
        self._packages = ModelPackageLooks(calls)
        self._subnets = SubnetLooks(calls)
        self._alarms = AlarmLooks(AlarmApi(calls))
        self._quotas = QuotaLooks(calls)
        self._shapes = OverrideShapes(calls)
        self._seen: dict[str, tuple[float, Finding]] = {}
        self._flight = SingleFlight[str, Finding]()

    async def look(self, desired: Desired, account: Account, *, live: LiveEndpoint | None) -> Looks:
        """`live` is the endpoint that a rollout would change. Raises CallFailed when AWS cannot be asked."""
        overrides = self._shapes.look(desired)
        questions = [*self._questions(desired, account), *self._questions_of_a_rollout(desired, account, live)]
        findings, quotas = await asyncio.gather(
            asyncio.gather(*(self._look_once(question) for question in questions)),
            self._look_at_quotas(desired, live),
        )
        answered = list(zip(questions, findings, strict=True))
        looks = [finding.at(field=question.field, about=question.about) for question, finding in answered]
        return Looks(
            looks=(overrides, *looks, quotas),
            artifacts=tuple(
                Artifact(s3_uri=question.artifact, etag=finding.identity)
                for question, finding in answered
                if question.artifact is not None
            ),
            images=tuple(
                SeenImage(container=question.field.rpartition(".")[0], image=question.image, digest=finding.identity)
                for question, finding in answered
                if question.image is not None and finding.identity is not None
            ),
        )

    def _questions(self, desired: Desired, account: Account) -> Iterator[Question]:
        role, network, capture = desired.execution_role_arn, desired.spec.network, desired.spec.data_capture
        yield Question(about=role, field="spec.executionRoleArn", ask=lambda: self._roles.look(role, account))
        for container in (container for variant in desired.variants for container in variant.containers):
            yield from self._questions_of(container, account)
        if network is not None and network.subnet_ids:
            about = ",".join([*network.subnet_ids, *(network.security_group_ids or ())])
            yield Question(about=about, field="spec.network", ask=lambda: self._subnets.look(network))
        if capture is not None:
            uri = capture.s3_uri
            ask = lambda: self._artifacts.bucket(uri)  # noqa: E731 - bound here to a uri that does not change
            yield Question(about=f"bucket of {uri}", field="spec.dataCapture.s3Uri", ask=ask)

    def _questions_of(self, container: DesiredContainer, account: Account) -> Iterator[Question]:
        image, package, data = container.image, container.spec.model_package_arn, container.spec.model_data
        if image is not None:
            field = f"{container.field}.{'image' if container.spec.image else 'framework'}"
            yield Question(about=image, field=field, ask=lambda: self._images.look(image, account), image=image)
        if package is not None:
            field = f"{container.field}.modelPackageArn"
            yield Question(about=package, field=field, ask=lambda: self._packages.look(package))
        if data is not None:
            uri, is_prefix = data.s3_uri, data.compression == Compression.NONE
            yield Question(
                about=uri,
                field=f"{container.field}.modelData.s3Uri",
                ask=lambda: self._artifacts.look(uri, is_prefix=is_prefix),
                artifact=uri,
            )

    def _questions_of_a_rollout(
        self, desired: Desired, account: Account, live: LiveEndpoint | None
    ) -> Iterator[Question]:
        """What SageMaker needs once traffic is to move; CreateEndpoint watches no alarms."""
        rollout = desired.spec.rollout
        alarms = (rollout.alarms if rollout is not None else None) or ()
        if not alarms or live is None or live.status == LiveStatus.FAILED:
            return
        role = desired.execution_role_arn
        yield Question(
            about=f"alarms for {role}",
            field="spec.executionRoleArn",
            ask=lambda: self._roles.may_read_alarms(role, account),
        )
        for index, alarm in enumerate(alarms):
            if alarm.name is not None:
                yield self._question_of_alarm(alarm.name, field=f"spec.rollout.alarms[{index}].name")

    def _question_of_alarm(self, name: str, *, field: str) -> Question:
        return Question(about=f"alarm {name}", field=field, ask=lambda: self._alarms.look(name))

    async def _look_at_quotas(self, desired: Desired, live: LiveEndpoint | None) -> Look:
        """Every object needs other numbers: only the lists behind them are shared."""
        try:
            return await self._quotas.look(desired, live)
        except CallFailed as error:
            return _not_taken(error, about="quotas").at(field="spec.instance.type", about="quotas")

    async def _look_once(self, question: Question) -> Finding:
        return self._believed(question.about) or self._remember(
            question.about, await self._flight.share(question.about, lambda: _take(question))
        )

    def _believed(self, about: str) -> Finding | None:
        at, finding = self._seen.get(about, (float("-inf"), None))
        return finding if time.monotonic() - at < LOOK_SECONDS else None

    def _remember(self, about: str, finding: Finding) -> Finding:
        if finding.reason is not None:  # what is wrong is mended any moment, and then seen at once
            return finding
        now = time.monotonic()
        self._seen = {key: value for key, value in self._seen.items() if now - value[0] < LOOK_SECONDS}
        self._seen[about] = (now, finding)
        return finding


async def _take(question: Question) -> Finding:
    try:
        return await question.ask()
    except CallFailed as error:
        return _not_taken(error, about=question.about)


def _not_taken(error: CallFailed, *, about: str) -> Finding:
    """Raises the error where it is no matter of permissions."""
    finding = not_taken(error)
    if finding is None:
        raise error
    log.debug("preflight did not look at %s: %s", about, finding.skipped)
    return finding
