"""The composition root: everything that makes one simulator, put together here and nowhere else."""

import asyncio
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .access.actions import TagsOf
from .access.enforcement import EnforcePolicy
from .access.live_tags import LiveTags
from .access.policy import Policy
from .access.recording import RecordActions
from .access.secrets import secret_of
from .access.sessions import Sessions
from .access.signatures import VerifySignatures
from .async_inference.wiring import AsyncInference
from .autoscaling.deletion_permission import MayDeregister
from .autoscaling.variant_capacity import VariantCapacity
from .autoscaling.wiring import Autoscaling
from .backing.moto import Moto
from .backing.object_files import ObjectFiles
from .backing.object_writer import ObjectWriter
from .backing.topics import Topics
from .calls import CallLog
from .clock import Clock
from .cloudwatch.container_metrics import ContainerMetrics
from .cloudwatch.instance_metrics import InstanceMetrics
from .cloudwatch.invocation_metrics import InvocationMetrics
from .cloudwatch.loaded_models import LoadedModels
from .cloudwatch.model_loading_metrics import ModelLoadingMetrics
from .cloudwatch.stream_metrics import StreamMetrics
from .cloudwatch.wiring import CloudWatch
from .data_capture.capture import DataCapture
from .faults import Faults
from .front import Check, Front
from .hosting.container_output import FollowOutput
from .hosting.contract import Hosting
from .multi_model.model_event import TellModelEvent
from .neighbours import Neighbours
from .rate_limits import RateLimits
from .runtime.observers import InvocationObservers
from .runtime.shadow_traffic import ShadowTraffic
from .sagemaker.capacities import Capacities
from .sagemaker.endings import Durations
from .sagemaker.estate import Estates
from .sagemaker.fleets import Fleets
from .sagemaker.ingredients import Gathering
from .sagemaker.transitions import Transitions
from .serverless.serverless_hosting import PATIENCE_SECONDS, ServerlessHosting
from .services import Services
from .settings_documents import SettingsInForce

CLOSE_SECONDS = 0.7  # the whole program is to end within two
log = logging.getLogger(__name__)


class BuildHosting(Protocol):
    """`hosting.wiring.build_hosting`, or what a test puts in its place."""

    def __call__(
        self,
        *,
        moto: Moto,
        settings: SettingsInForce,
        work_directory: Path,
        follow_output: FollowOutput,
        tell_model_event: TellModelEvent,
    ) -> Hosting: ...


@dataclass(frozen=True, kw_only=True)
class Simulator:
    """One simulator: what the control API reaches, and `front`, which takes AWS requests."""

    clock: Clock
    calls: CallLog
    faults: Faults
    settings: SettingsInForce
    cloudwatch: CloudWatch
    autoscaling: Autoscaling
    estates: Estates
    transitions: Transitions
    fleets: Fleets
    observers: InvocationObservers
    shadow_traffic: ShadowTraffic
    neighbours: Neighbours
    data_capture: DataCapture
    async_inference: AsyncInference
    sessions: Sessions
    rate_limits: RateLimits
    moto: Moto
    hosting: Hosting
    front: Front
    _work: tempfile.TemporaryDirectory[str]

    async def reset(self) -> None:
        """Forget everything but the clock; settings go back to those of the start."""
        self.faults.clear()
        self.transitions.clear()
        self.shadow_traffic.clear()
        self.async_inference.clear()
        self.fleets.end_all()
        self.estates.clear()
        self.calls.clear()
        self.autoscaling.clear()
        self.cloudwatch.clear()
        self.rate_limits.clear()
        self.neighbours.clear()
        self.data_capture.clear()
        self.sessions.clear()
        self.settings.reset()
        await self.moto.reset()

    async def close(self) -> None:
        """Stop every server process and remove what was unpacked.

        A server that does not go in time is left to end with this process, to which hosting has bound it.
        """
        self.transitions.clear()
        self.shadow_traffic.clear()
        self.async_inference.clear()
        self.fleets.end_all()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.hosting.close()
                await self.fleets.ended()
        except TimeoutError:
            log.warning("model servers were still there after %s s; they end with this process", CLOSE_SECONDS)
        self.clock.clear()
        self.moto.close()
        await asyncio.to_thread(self._work.cleanup)


async def build(
    *,
    scale: float,
    settings: SettingsInForce,
    build_hosting: BuildHosting,
    verify_signatures: bool = False,
    policy: Policy | None = None,
    policy_key: str | None = None,
    record_actions: Path | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Simulator:
    """Put a simulator together and start moto.

    `policy` holds for the access key `policy_key`, else for everybody; `record_actions` is a file to append to;
    `patience_seconds` (real): how long a request waits for a cold start.
    """
    clock = Clock(scale=scale)
    moto = Moto()
    await moto.start()
    work = tempfile.TemporaryDirectory(prefix="sagemaker-simulator-", ignore_cleanup_errors=True)
    neighbours = Neighbours(clock=clock, settings=lambda: settings.now)
    estates = Estates(clock=clock, stale_seconds=lambda: settings.now.stale_seconds)
    fleets = Fleets()
    topics = Topics(moto)
    cloudwatch = CloudWatch(clock, publish=topics)
    hosting = build_hosting(
        moto=moto,
        settings=settings,
        work_directory=Path(work.name),
        follow_output=neighbours.container_logs.follow,
        tell_model_event=ModelLoadingMetrics(cloudwatch.books, estates=estates).tell,
    )
    faults = Faults(clock)
    async_inference = AsyncInference(
        estates=estates, fleets=fleets, store=ObjectFiles(moto), books=cloudwatch.books, publish=topics, faults=faults
    )
    async_inference.start()
    transitions = Transitions(
        estates=estates,
        hosting=ServerlessHosting(hosting, estates=estates, books=cloudwatch.books, patience_seconds=patience_seconds),
        fleets=fleets,
        durations=Durations(),
        alarms=cloudwatch,
        tell=async_inference.endpoint_changed,
    )
    gathering = Gathering(
        digest_of=lambda image: settings.now.image_digest(image),
        has_capacity=lambda instance_type: settings.now.has_capacity(instance_type),
    )
    capacities = Capacities(
        estates=estates, transitions=transitions, quota=lambda name: settings.now.quota(name), gathering=gathering
    )
    autoscaling = Autoscaling(
        clock, cloudwatch=cloudwatch, capacity=VariantCapacity(estates=estates, capacities=capacities)
    )
    calls = CallLog(clock)
    rate_limits = RateLimits(lambda: settings.now)
    observers = InvocationObservers()
    shadow_traffic = ShadowTraffic(estates=estates, fleets=fleets, observers=observers)
    observers.register(shadow_traffic)
    sessions = Sessions(clock=clock)
    data_capture = DataCapture(clock=clock, estates=estates, store=ObjectWriter(moto).put)
    observers.register(data_capture)
    observers.register(InvocationMetrics(cloudwatch.books))
    observers.register(ContainerMetrics(cloudwatch.books))
    observers.register(StreamMetrics(cloudwatch.books))
    InstanceMetrics(cloudwatch.books, estates=estates, fleets=fleets, disk=Path(work.name)).start()
    LoadedModels(cloudwatch.books, estates=estates, fleets=fleets).start()
    live_tags = LiveTags(estates=estates, others=(cloudwatch.tagged, autoscaling.tagged))
    front = Front(
        calls=calls,
        faults=faults,
        rate_limits=rate_limits,
        settings=lambda: settings.now,
        account_of=moto.account_of,
        checks=(
            sessions,
            *((VerifySignatures(secret_of),) if verify_signatures else ()),
            *((RecordActions(record_actions, tags_of=live_tags),) if record_actions else ()),
            *_policy_checks(policy, policy_key, tags_of=live_tags, autoscaling=autoscaling),
        ),
        answer=Services(
            estates=estates,
            transitions=transitions,
            fleets=fleets,
            observers=observers,
            async_inference=async_inference,
            cloudwatch=cloudwatch,
            autoscaling=autoscaling,
            gathering=gathering,
            settings=settings,
            neighbours=neighbours,
            sessions=sessions,
            moto=moto,
        ).answer,
    )
    return Simulator(
        clock=clock,
        calls=calls,
        faults=faults,
        settings=settings,
        cloudwatch=cloudwatch,
        autoscaling=autoscaling,
        estates=estates,
        transitions=transitions,
        fleets=fleets,
        observers=observers,
        shadow_traffic=shadow_traffic,
        neighbours=neighbours,
        data_capture=data_capture,
        async_inference=async_inference,
        sessions=sessions,
        rate_limits=rate_limits,
        moto=moto,
        hosting=hosting,
        front=front,
        _work=work,
    )


def _policy_checks(
    policy: Policy | None, policy_key: str | None, *, tags_of: TagsOf, autoscaling: Autoscaling
) -> tuple[Check, ...]:
    """Return what asks the policy of each call before it is carried out."""
    if policy is None:
        return ()
    return (
        EnforcePolicy(policy, tags_of=tags_of, access_key=policy_key),
        MayDeregister(policy, autoscaling=autoscaling, access_key=policy_key),
    )
