"""The composition root: everything that makes one simulator, put together here and nowhere else."""

import asyncio
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .access.enforcement import EnforcePolicy
from .access.policy import Policy
from .access.secrets import secret_of
from .access.signatures import VerifySignatures
from .backing.moto import SERVICES, Moto
from .backing.roles import Roles
from .calls import CallLog
from .clock import Clock
from .faults import Faults
from .front import Check, Front
from .hosting.contract import Hosting
from .metrics import MetricStore
from .rate_limits import RateLimits
from .runtime.invoke import InvokeEndpoint
from .sagemaker.endings import Durations
from .sagemaker.endpoint_configs import EndpointConfigs
from .sagemaker.endpoints import Endpoints
from .sagemaker.estate import Estates
from .sagemaker.models import Models
from .sagemaker.service import operations
from .sagemaker.tags import TagOperations
from .sagemaker.transitions import Transitions
from .settings import SettingsInForce
from .tagging import TaggingApi
from .wire.errors import NotModelled
from .wire.modelled import Operation, answer_modelled
from .wire.request import Call, Incoming, Reply

CLOSE_SECONDS = 1.0  # the whole program is to end within two
log = logging.getLogger(__name__)


class BuildHosting(Protocol):
    """`hosting.wiring.build_hosting`, or what a test puts in its place."""

    def __call__(self, *, moto: Moto, settings: SettingsInForce, work_directory: Path) -> Hosting: ...


@dataclass(frozen=True, kw_only=True)
class Simulator:
    """One simulator: what the control API reaches, and `front`, which takes AWS requests."""

    clock: Clock
    calls: CallLog
    faults: Faults
    settings: SettingsInForce
    metrics: MetricStore
    estates: Estates
    transitions: Transitions
    rate_limits: RateLimits
    moto: Moto
    hosting: Hosting
    front: Front
    _work: tempfile.TemporaryDirectory[str]

    async def reset(self) -> None:
        """Forget everything but the clock; settings go back to those of the start."""
        self.faults.clear()
        self.transitions.clear()
        self.estates.clear()
        self.calls.clear()
        self.metrics.clear()
        self.rate_limits.clear()
        self.settings.reset()
        await self.moto.reset()

    async def close(self) -> None:
        """Let go every held call, stop every server process and remove what was unpacked.

        A server that does not go in time is left to end with this process, to which hosting has bound it.
        """
        self.faults.clear()
        self.transitions.clear()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.hosting.close()
                await self.transitions.chores()
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
) -> Simulator:
    """Put a simulator together and start moto."""
    clock = Clock(scale=scale)
    moto = Moto()
    await moto.start()
    work = tempfile.TemporaryDirectory(prefix="sagemaker-simulator-", ignore_cleanup_errors=True)
    hosting = build_hosting(moto=moto, settings=settings, work_directory=Path(work.name))
    estates = Estates(clock=clock, stale_seconds=lambda: settings.now.stale_seconds)
    transitions = Transitions(estates=estates, hosting=hosting, durations=Durations())
    calls, faults = CallLog(clock), Faults(clock)
    rate_limits = RateLimits(lambda: settings.now)
    front = Front(
        calls=calls,
        faults=faults,
        rate_limits=rate_limits,
        settings=lambda: settings.now,
        account_of=moto.account_of,
        checks=_checks(verify_signatures=verify_signatures, policy=policy, estates=estates),
        answer=_Services(estates=estates, transitions=transitions, settings=settings, moto=moto).answer,
    )
    return Simulator(
        clock=clock,
        calls=calls,
        faults=faults,
        settings=settings,
        metrics=MetricStore(clock),
        estates=estates,
        transitions=transitions,
        rate_limits=rate_limits,
        moto=moto,
        hosting=hosting,
        front=front,
        _work=work,
    )


def _checks(*, verify_signatures: bool, policy: Policy | None, estates: Estates) -> tuple[Check, ...]:
    """Return what looks at each call before it is carried out."""
    checks: list[Check] = []
    if verify_signatures:
        checks.append(VerifySignatures(secret_of))
    if policy is not None:
        checks.append(EnforcePolicy(policy, estates=estates))
    return tuple(checks)


class _Services:
    """Who answers for which service."""

    def __init__(self, *, estates: Estates, transitions: Transitions, settings: SettingsInForce, moto: Moto) -> None:
        self._moto = moto
        self._runtime = InvokeEndpoint(estates=estates, transitions=transitions)
        self._own: dict[str, dict[str, Operation]] = {
            "sagemaker": dict(
                operations(
                    models=Models(estates=estates, roles=Roles(moto)),
                    configs=EndpointConfigs(estates=estates),
                    endpoints=Endpoints(
                        estates=estates, transitions=transitions, quota=lambda name: settings.now.quota(name)
                    ),
                    tags=TagOperations(estates=estates),
                )
            ),
            "resourcegroupstaggingapi": {"GetResources": TaggingApi(estates=estates).get_resources},
        }

    async def answer(self, call: Call, request: Incoming) -> Reply:
        if call.service == "sagemaker-runtime":
            return await self._runtime.answer(call, request)
        own = self._own.get(call.service)
        if own is not None:
            return await answer_modelled(call, own)
        if call.service in SERVICES:
            return await self._moto.answer(request)
        raise NotModelled(f"{call.service} {call.operation} is not modelled")
