"""TagResource, UntagResource and ListTagsForResource, for alarms."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_simulator.wire.errors import NotModelled
from sagemaker_simulator.wire.request import Caller

from .books import Books
from .refusals import invalid_value, resource_not_found

_LIMIT: Final = 50  # tags of one resource (TagResource in the API reference)
Parameters = Mapping[str, Any]
Output = dict[str, Any]


class AlarmTags:
    """Tags of alarms; those of other resources of CloudWatch are not modelled."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def tag_resource(self, caller: Caller, parameters: Parameters) -> Output:
        tags = self._tags(caller, parameters["ResourceARN"])
        added = {tag["Key"]: tag["Value"] for tag in parameters["Tags"]}
        if len(tags | added) > _LIMIT:
            raise invalid_value("Tags", f"that makes more than {_LIMIT} tags")
        tags.update(added)
        return {}

    async def untag_resource(self, caller: Caller, parameters: Parameters) -> Output:
        tags = self._tags(caller, parameters["ResourceARN"])
        for key in parameters["TagKeys"]:
            tags.pop(key, None)
        return {}

    async def list_tags_for_resource(self, caller: Caller, parameters: Parameters) -> Output:
        tags = self._tags(caller, parameters["ResourceARN"])
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _tags(self, caller: Caller, arn: str) -> dict[str, str]:
        if ":alarm:" not in arn:
            raise NotModelled(f"tags of CloudWatch's resources other than alarms are not modelled ({arn})")
        book = self._books.of(caller)
        if arn not in {alarm.arn for alarm in book.alarms.values()}:
            raise resource_not_found(arn)
        return book.tags.setdefault(arn, {})
