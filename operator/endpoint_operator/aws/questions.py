"""What there is to look at before a revision is made: things outside the object, each with its path in the manifest."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial

from endpoint_operator.api.containers import Compression
from endpoint_operator.api.endpoint_settings import Async
from endpoint_operator.aws.alarm_looks import AlarmLooks
from endpoint_operator.aws.alarms import AlarmApi
from endpoint_operator.aws.artifacts import ArtifactLooks
from endpoint_operator.aws.async_looks import AsyncLooks
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.finding import Finding
from endpoint_operator.aws.identity import Account
from endpoint_operator.aws.images import ImageLooks
from endpoint_operator.aws.model_packages import ModelPackageLooks
from endpoint_operator.aws.roles import RoleLooks
from endpoint_operator.aws.subnets import SubnetLooks
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.desired_variants import DesiredContainer
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing to look at. `about` names the thing, `field` where the manifest asks for it."""

    about: str
    field: str
    ask: Callable[[], Awaitable[Finding]]
    artifact: str | None = None
    image: str | None = None


class Questions:
    """Which looks a revision and its rollout need."""

    def __init__(self, calls: Calls) -> None:
        self._artifacts = ArtifactLooks(calls)
        self._roles = RoleLooks(calls)
        self._images = ImageLooks(calls)
        self._packages = ModelPackageLooks(calls)
        self._async = AsyncLooks(calls)
        self._subnets = SubnetLooks(calls)
        self._alarms = AlarmLooks(AlarmApi(calls))

    def of(self, desired: Desired, account: Account, live: LiveEndpoint | None) -> Iterator[Question]:
        """`live` is the endpoint that a rollout would change."""
        yield from self._of_revision(desired, account)
        yield from self._of_rollout(desired, account, live)

    def _of_revision(self, desired: Desired, account: Account) -> Iterator[Question]:
        role, network, capture = desired.execution_role_arn, desired.spec.network, desired.spec.data_capture
        yield Question(about=role, field="spec.executionRoleArn", ask=lambda: self._roles.look(role, account))
        for container in (container for variant in desired.variants for container in variant.containers):
            yield from self._of_container(container, account)
        if network is not None and network.subnet_ids:
            about = ",".join([*network.subnet_ids, *(network.security_group_ids or ())])
            yield Question(about=about, field="spec.network", ask=lambda: self._subnets.look(network))
        if capture is not None:
            yield Question(
                about=f"bucket of {capture.s3_uri}",
                field="spec.dataCapture.s3Uri",
                ask=lambda: self._artifacts.bucket(capture.s3_uri),
            )
        if desired.spec.async_ is not None:
            yield from self._of_async(desired.spec.async_, role, account)
        if desired.spec.multi_model is not None:
            yield from self._of_multi_model(desired.spec.multi_model.s3_prefix, role, account)

    def _of_async(self, settings: Async, role: str, account: Account) -> Iterator[Question]:
        places = {"outputS3Uri": settings.output_s3_uri, "failureS3Uri": settings.failure_s3_uri}
        topics = {"successTopicArn": settings.success_topic_arn, "errorTopicArn": settings.error_topic_arn}
        uris = {member: uri for member, uri in places.items() if uri is not None}
        arns = {member: arn for member, arn in topics.items() if arn is not None}
        for member, uri in uris.items():
            yield Question(
                about=f"bucket of {uri}", field=f"spec.async.{member}", ask=partial(self._artifacts.bucket, uri)
            )
        for member, arn in arns.items():
            yield Question(about=f"topic {arn}", field=f"spec.async.{member}", ask=partial(self._async.topic, arn))
        objects = [f"arn:{account.partition}:s3:::{uri.removeprefix('s3://').rstrip('/')}/*" for uri in uris.values()]
        yield self._right_of(role, account, action="s3:PutObject", resources=objects)
        if arns:
            yield self._right_of(role, account, action="sns:Publish", resources=[*arns.values()])

    def _of_multi_model(self, prefix: str, role: str, account: Account) -> Iterator[Question]:
        yield Question(
            about=f"models below {prefix}",
            field="spec.multiModel.s3Prefix",
            ask=lambda: self._artifacts.model_prefix(prefix),
        )
        models = f"arn:{account.partition}:s3:::{prefix.removeprefix('s3://')}*"
        yield self._right_of(role, account, action="s3:GetObject", resources=[models])

    def _right_of(self, role: str, account: Account, *, action: str, resources: list[str]) -> Question:
        return Question(
            about=f"{action} on {','.join(resources)} for {role}",
            field="spec.executionRoleArn",
            ask=lambda: self._async.may(role, account, action=action, resources=resources),
        )

    def _of_container(self, container: DesiredContainer, account: Account) -> Iterator[Question]:
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
                about=f"below {uri}" if is_prefix else uri,
                field=f"{container.field}.modelData.s3Uri",
                ask=lambda: self._artifacts.look(uri, is_prefix=is_prefix),
                artifact=uri,
            )

    def _of_rollout(self, desired: Desired, account: Account, live: LiveEndpoint | None) -> Iterator[Question]:
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
                yield self._of_alarm(alarm.name, field=f"spec.rollout.alarms[{index}].name")

    def _of_alarm(self, name: str, *, field: str) -> Question:
        return Question(about=f"alarm {name}", field=field, ask=lambda: self._alarms.look(name))
