"""Of an asynchronous endpoint: asleep at zero instances, with the policy and the alarm that wake it.

What it shares with an endpoint that answers at once is killed there.
"""

from tests.chaos.kill.phase import Phase
from tests.chaos.kill.scalings import ASLEEP, AWAKE, BY_INVOCATIONS, DROWSY
from tests.chaos.kill.versions import ASYNC, Version

_ASLEEP = Version(1, mode=ASYNC, scaling=ASLEEP)
_RELEASE = ("DeleteAlarms", "DeregisterScalableTarget")

ASYNC_PHASES = (
    Phase(
        name="queued",
        asks=Version(1, mode=ASYNC, scaling=DROWSY),
        edit=Version(2, mode=ASYNC),
        about=("CreateEndpointConfig", "PutScalingPolicy", "PutMetricAlarm"),
    ),
    Phase(
        name="requeued",
        before=(_ASLEEP,),
        asks=Version(2, mode=ASYNC, scaling=ASLEEP),
        edit=Version(3, mode=ASYNC, scaling=ASLEEP),
        about=("UpdateEndpoint",),
    ),
    Phase(
        name="awake",
        before=(_ASLEEP,),
        asks=Version(1, mode=ASYNC, scaling=AWAKE),
        edit=_ASLEEP,
        about=("DeleteScalingPolicy", "DeleteAlarms"),
    ),
    Phase(
        name="unqueued",
        before=(_ASLEEP,),
        asks=Version(1, mode=ASYNC),
        edit=_ASLEEP,
        about=_RELEASE,
    ),
    Phase(
        name="sleepstop",
        before=(_ASLEEP,),
        asks=Version(1, mode=ASYNC, scaling=ASLEEP, stopped=True),
        edit=Version(2, mode=ASYNC, scaling=ASLEEP),
        about=_RELEASE,
    ),
    Phase(name="sleepaway", before=(_ASLEEP,), asks=None, edit=Version(2, mode=ASYNC, scaling=ASLEEP), about=_RELEASE),
    # SageMaker makes no such change in place: the endpoint goes and comes again.
    Phase(
        name="recreated",
        before=(Version(1, scaling=BY_INVOCATIONS, recreates=True),),
        asks=Version(2, mode=ASYNC, scaling=DROWSY, recreates=True),
        edit=Version(3, recreates=True),
        about=("CreateEndpointConfig", "DeregisterScalableTarget", "DeleteEndpoint", "CreateEndpoint"),
    ),
)
