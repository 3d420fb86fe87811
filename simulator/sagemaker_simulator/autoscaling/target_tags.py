"""TagResource, UntagResource and ListTagsForResource, for scalable targets."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Caller

from .holdings import Holdings
from .refusals import resource_not_found

_LIMIT: Final = 50
Parameters = Mapping[str, Any]
Output = dict[str, Any]


class TargetTags:
    """Tags of scalable targets."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings

    async def tag_resource(self, caller: Caller, parameters: Parameters) -> Output:
        arn = parameters["ResourceARN"]
        tags = self._tags(caller, arn)
        if len(tags | parameters["Tags"]) > _LIMIT:
            raise AwsError(
                "TooManyTagsException",
                f"{arn} would have more than {_LIMIT} tags.",
                fields={"ResourceName": arn},
            )
        tags.update(parameters["Tags"])
        return {}

    async def untag_resource(self, caller: Caller, parameters: Parameters) -> Output:
        tags = self._tags(caller, parameters["ResourceARN"])
        for key in parameters["TagKeys"]:
            tags.pop(key, None)
        return {}

    async def list_tags_for_resource(self, caller: Caller, parameters: Parameters) -> Output:
        return {"Tags": dict(self._tags(caller, parameters["ResourceARN"]))}

    def _tags(self, caller: Caller, arn: str) -> dict[str, str]:
        holding = self._holdings.of(caller)
        if arn not in {target.arn for target in holding.targets.values()}:
            raise resource_not_found(arn)
        return holding.tags.setdefault(arn, {})
