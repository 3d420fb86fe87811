"""Preflight as an operator asks it, and the specs and worlds that it is asked about."""

from dataclasses import dataclass
from typing import Any

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.endpoints import EndpointApi
from endpoint_operator.aws.identity import Account
from endpoint_operator.aws.preflight import Preflight
from endpoint_operator.planning.facts import LiveEndpoint, Looks
from tests.simulator.world import ACCOUNT, NULL_IMAGE, REGION, World
from tests.unit.given import desired

HERE = Account(account=ACCOUNT, partition="aws", region=REGION)
AWS_IMAGE = f"683313688378.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:1.7-1"
CAPTURE = {"samplingPercent": 1, "capture": ["Input"]}
CANARY = {"strategy": "Canary", "step": {"percent": 50}, "waitSeconds": 60}
DENIED = {"code": "AccessDeniedException", "message": "not authorized", "status": 400}


@dataclass
class Looker:
    calls: Calls
    preflight: Preflight

    async def looks(self, wanted: dict[str, Any], *, live: str | None = None) -> Looks:
        return await self.preflight.look(desired(wanted), HERE, live=await self._live(live))

    async def complaint(self, wanted: dict[str, Any], *, live: str | None = None) -> tuple[str, str] | None:
        """Reason and sentence."""
        fault = (await self.looks(wanted, live=live)).fault
        return (fault.reason, fault.message) if fault is not None else None

    async def _live(self, name: str | None) -> LiveEndpoint | None:
        return await EndpointApi(self.calls).describe(name) if name is not None else None


def nothing_is_written() -> None:
    raise AssertionError("preflight changes something")


def one(container: dict[str, Any] | None = None, *, instance: str = "ml.m5.large", count: int = 1, **more: Any) -> Any:
    """A spec whose image is there, and that needs nothing else."""
    return {
        "mode": "RealTime",
        "containers": [container or {"image": NULL_IMAGE}],
        "instance": {"type": instance, "count": count},
        **more,
    }


def model(s3_uri: str, **data: Any) -> Any:
    return one({"image": NULL_IMAGE, "modelData": {"s3Uri": s3_uri, **data}})


def put_object(world: World, key: str = "churn/model.tar.gz") -> None:
    world.s3.put_object(Bucket="models", Key=key, Body=b"bytes")


def raise_quota(world: World) -> None:
    world.settings(quotas={"ml.r5.large/endpoint": 3})


def mend_nothing(_: World) -> None:
    """What only an edit mends."""
