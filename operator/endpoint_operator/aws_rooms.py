"""How a room for an account and region is opened, by the operator's settings."""

from collections.abc import Callable

from endpoint_operator.aws.models.copy import CopyLimits
from endpoint_operator.aws.periods import WatchPeriods
from endpoint_operator.aws.prices import PriceBook
from endpoint_operator.aws.room import AwsRoom
from endpoint_operator.aws.rooms import AwsRooms
from endpoint_operator.catalogue.images import BundledImages
from endpoint_operator.catalogue.instance_memory import bundled_memory
from endpoint_operator.engine.ports import InputValues
from endpoint_operator.planning.facts import OperatorInputs
from endpoint_operator.planning.place import Place
from endpoint_operator.settings import Settings

MIB = 1024**2


def aws_rooms(
    settings: Settings,
    *,
    cluster_id: str,
    values: InputValues,
    prices: PriceBook,
    images: BundledImages,
    may_write: Callable[[], None],
) -> AwsRooms:
    """None but the operator's own is open yet. Raises RegionMissing."""

    def open_room(place: Place | None) -> AwsRoom:
        return AwsRoom(
            region=place.region if place is not None else settings.region,
            assume_role_arn=place.assume_role_arn if place is not None else None,
            cluster_id=cluster_id,
            periods=WatchPeriods(
                sweep=settings.fleet_sweep_seconds,
                transition=settings.transition_seconds,
                inventory=settings.inventory_seconds,
                rollout_look=settings.rollout_look_seconds,
            ),
            consistency_window=settings.consistency_window_seconds,
            may_write=may_write,
            prices=prices,
            values=values,
            copy_limits=CopyLimits.in_parts_above(settings.copy_in_parts_above_mib * MIB),
        )

    inputs = OperatorInputs(
        region="",
        cluster_id=cluster_id,
        runtime_url="",
        images=images,
        memory=bundled_memory(),
        default_execution_role_arn=settings.default_execution_role_arn,
    )
    return AwsRooms(open_room=open_room, inputs=inputs)
