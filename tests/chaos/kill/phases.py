"""The parts of an object's life in which the operator is killed. Another part is another line."""

from tests.chaos.kill.kube_writes import CONFIG_MAP_FILLED, CONFIG_MAP_MADE, CONFIG_MAP_REMOVED, REVISION_KEY_MADE
from tests.chaos.kill.phase import Phase
from tests.chaos.kill.phases_async import ASYNC_PHASES
from tests.chaos.kill.phases_models import MODEL_PHASES
from tests.chaos.kill.phases_serverless import SERVERLESS_PHASES
from tests.chaos.kill.scalings import BY_CONCURRENCY, BY_INVOCATIONS
from tests.chaos.kill.versions import OTHER_TYPE, Version

_PLAIN = Version(1)
_BY_INVOCATIONS = Version(1, scaling=BY_INVOCATIONS)
_BY_CONCURRENCY = Version(1, scaling=BY_CONCURRENCY)
_STOPPED = Version(1, stopped=True)

PHASES = (
    Phase(name="create", asks=Version(1), edit=Version(2), whole=True),
    # Two versions before the update: then it has to clear away the first.
    Phase(name="update", before=(Version(1), Version(2)), asks=Version(3), edit=Version(4), whole=True),
    Phase(name="delete", before=(Version(1), Version(2)), asks=None, edit=Version(3), whole=True),
    Phase(
        name="guarded",
        before=(Version(1, guarded=True),),
        asks=Version(2, guarded=True),
        edit=Version(3, guarded=True),
        about=("PutMetricAlarm", "UpdateEndpoint", "DeleteAlarms"),
    ),
    Phase(
        name="weights",
        before=(Version(1, weights=(9.0, 1.0)),),
        asks=Version(1, weights=(0.7, 0.3)),
        edit=Version(1, weights=(0.2, 0.8)),
        about=("UpdateEndpointWeightsAndCapacities",),
    ),
    Phase(
        name="scaled",
        before=(_PLAIN,),
        asks=_BY_INVOCATIONS,
        edit=_BY_CONCURRENCY,
        about=("RegisterScalableTarget", "PutScalingPolicy", "PutScheduledAction"),
    ),
    Phase(
        name="rescaled",
        before=(_BY_INVOCATIONS,),
        asks=_BY_CONCURRENCY,
        edit=_BY_INVOCATIONS,
        about=("RegisterScalableTarget", "DeleteScalingPolicy", "DeleteScheduledAction"),
    ),
    Phase(
        name="unscaled",
        before=(_BY_CONCURRENCY,),
        asks=_PLAIN,
        edit=_BY_INVOCATIONS,
        about=("DeregisterScalableTarget",),
    ),
    # SageMaker changes no instance type of a variant that is registered.
    Phase(
        name="retyped",
        before=(_BY_INVOCATIONS,),
        asks=Version(2, scaling=BY_INVOCATIONS, instance_type=OTHER_TYPE),
        edit=Version(3, scaling=BY_INVOCATIONS),
        about=("DeregisterScalableTarget", "UpdateEndpoint", "RegisterScalableTarget"),
    ),
    Phase(
        name="scaledaway",
        before=(_BY_INVOCATIONS,),
        asks=None,
        edit=_BY_CONCURRENCY,
        about=("DeregisterScalableTarget",),
    ),
    Phase(
        name="adopt",
        by_hand=True,
        asks=Version(1, adopts=True),
        edit=Version(2, adopts=True),
        about=("AddTags",),
    ),
    Phase(name="stop", before=(_PLAIN,), asks=_STOPPED, edit=Version(2), about=("DeleteEndpoint",)),
    Phase(name="start", before=(_PLAIN, _STOPPED), asks=_PLAIN, edit=Version(2), about=("CreateEndpoint",)),
    Phase(
        name="inputs",
        keyless=True,
        asks=Version(1, secret=True, config_map=1),
        edit=Version(2, secret=True, config_map=1),
        about=(REVISION_KEY_MADE, CONFIG_MAP_MADE, CONFIG_MAP_FILLED, "CreateModel"),
    ),
    Phase(
        name="moved",
        before=(Version(1, config_map=1),),
        asks=Version(1, config_map=2),
        edit=Version(1, config_map=3),
        about=(CONFIG_MAP_REMOVED,),
    ),
    *MODEL_PHASES,
    *ASYNC_PHASES,
    *SERVERLESS_PHASES,
)
