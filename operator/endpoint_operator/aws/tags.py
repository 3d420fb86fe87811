"""Tags of SageMaker objects, and what they say of ownership."""

from collections.abc import Mapping

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import MANAGED_BY, TAG_CLUSTER, TAG_MANAGED_BY, TAG_OBJECT
from endpoint_operator.aws.calls import Calls
from endpoint_operator.planning.facts import Foreign, Holder, OperatorInputs
from endpoint_operator.planning.requests import tag_list


class TagApi:
    """The calls on tags; each raises CallFailed."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def of(self, arn: str) -> dict[str, str]:
        """All tags of a SageMaker object: at most 50, so one page."""
        answer = await self._calls.call("sagemaker", "list_tags", ResourceArn=arn, MaxResults=100)
        return {tag["Key"]: tag["Value"] for tag in answer["Tags"]}

    async def put_in_step(self, arn: str, wanted: Mapping[str, str]) -> None:
        """Make the tags those that are wanted; AWS's own (aws:) are never touched."""
        there = await self.of(arn)
        changed = {key: value for key, value in wanted.items() if there.get(key) != value}
        superfluous = sorted(key for key in there if key not in wanted and not key.startswith("aws:"))
        if changed:
            await self._calls.call("sagemaker", "add_tags", ResourceArn=arn, Tags=tag_list(changed))
        if superfluous:
            await self._calls.call("sagemaker", "delete_tags", ResourceArn=arn, TagKeys=superfluous)


def why_foreign(
    tags: Mapping[str, str], *, what: str, endpoint: InferenceEndpoint, inputs: OperatorInputs
) -> Foreign | None:
    """Why an object in AWS is not this one's; None when it is. The uid may differ: restored from a backup."""
    if tags.get(TAG_MANAGED_BY) != MANAGED_BY:
        return Foreign(holder=Holder.NOBODY, message=f"{what} exists in AWS and was not made by this operator")
    if tags.get(TAG_CLUSTER) != inputs.cluster_id:
        message = f"{what} belongs to another cluster ({tags.get(TAG_CLUSTER)}, object {tags.get(TAG_OBJECT)})"
        return Foreign(holder=Holder.OTHER_OPERATOR, message=message)
    if tags.get(TAG_OBJECT) != endpoint.object_name:
        message = f"{what} belongs to the object {tags.get(TAG_OBJECT)}"
        namespace = tags.get(TAG_OBJECT, "").partition("/")[0]
        elsewhere = namespace not in ("", endpoint.namespace)
        return Foreign(holder=Holder.OTHER_NAMESPACE if elsewhere else Holder.OTHER_OPERATOR, message=message)
    return None
