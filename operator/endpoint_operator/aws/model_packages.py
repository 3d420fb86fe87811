"""A look at a model package of the model registry or the Marketplace."""

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import CallFailed, is_not_found
from endpoint_operator.aws.finding import Finding, wrong


class ModelPackageLooks:
    """Looks with DescribeModelPackage."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def look(self, arn: str) -> Finding:
        """Whether it is there, usable and not rejected. Raises CallFailed."""
        try:
            answer = await self._calls.call("sagemaker", "describe_model_package", ModelPackageName=arn)
        except CallFailed as error:
            if is_not_found(error) or _does_not_exist(error):
                return wrong("ModelPackageNotFound", f"there is no model package {arn}; correct the ARN")
            raise
        status, approval = str(answer.get("ModelPackageStatus")), str(answer.get("ModelApprovalStatus"))
        if approval == "Rejected":
            sentence = f"the model package {arn} is rejected; approve it in the model registry or name another version"
            return wrong("ModelPackageRejected", sentence)
        if status != "Completed":
            sentence = f"the model package {arn} is {status}, and only a Completed one can be deployed"
            return Finding(trace=status, reason="ModelPackageNotReady", sentence=sentence)
        return Finding(trace=f"{status} {approval}")


def _does_not_exist(error: CallFailed) -> bool:
    """'ModelPackage arn:... does not exist.'"""
    return error.code == "ValidationException" and "does not exist" in error.text.lower()
