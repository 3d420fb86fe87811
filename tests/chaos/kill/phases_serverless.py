"""Of a serverless endpoint: concurrency in place, provisioned concurrency that goes by another endpoint config."""

from tests.chaos.kill.phase import Phase
from tests.chaos.kill.scalings import BY_UTILIZATION
from tests.chaos.kill.versions import SERVERLESS, Version

_WARM = Version(1, mode=SERVERLESS, concurrency=(5, 2))
_SCALED = Version(1, mode=SERVERLESS, concurrency=(5, 2), scaling=BY_UTILIZATION)

SERVERLESS_PHASES = (
    Phase(
        name="serverless",
        asks=_SCALED,
        edit=Version(2, mode=SERVERLESS, concurrency=(9, None)),
        about=("CreateEndpointConfig", "RegisterScalableTarget", "PutScalingPolicy"),
    ),
    Phase(
        name="concurrency",
        before=(Version(1, mode=SERVERLESS, concurrency=(5, None)),),
        asks=Version(1, mode=SERVERLESS, concurrency=(9, 3)),
        edit=Version(1, mode=SERVERLESS, concurrency=(12, 4)),
        about=("UpdateEndpointWeightsAndCapacities",),
    ),
    Phase(
        name="unprovisioned",
        before=(_WARM,),
        asks=Version(1, mode=SERVERLESS, concurrency=(5, None)),
        edit=Version(1, mode=SERVERLESS, concurrency=(5, 3)),
        about=("CreateEndpointConfig", "UpdateEndpoint", "DeleteEndpointConfig"),
    ),
    Phase(
        name="memory",
        before=(_SCALED,),
        asks=Version(2, mode=SERVERLESS, concurrency=(6, 2), scaling=BY_UTILIZATION),
        edit=Version(3, mode=SERVERLESS, concurrency=(7, 3)),
        about=("UpdateEndpoint",),
    ),
    Phase(
        name="serverlessaway",
        before=(_SCALED,),
        asks=None,
        edit=Version(2, mode=SERVERLESS, concurrency=(6, None)),
        about=("DeregisterScalableTarget",),
    ),
)
