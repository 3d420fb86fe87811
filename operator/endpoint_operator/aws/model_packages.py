"""A look at a model package of the model registry or the Marketplace."""

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_not_found
from endpoint_operator.aws.finding import Finding, wrong


class ModelPackageLooks:
    """Looks with DescribeModelPackage."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def look(self, arn: str) -> Finding:
        """Whether it is there, complete and approved. Raises CallFailed."""
        try:
            answer = await self._calls.call("sagemaker", "describe_model_package", ModelPackageName=arn)
        except CallFailed as error:
            if is_not_found(error) or _does_not_exist(error):
                return wrong("ModelPackageNotFound", f"there is no model package {arn}; correct the ARN")
            raise
        return judge(arn, status=answer.get("ModelPackageStatus"), approval=answer.get("ModelApprovalStatus"))


def judge(arn: str, *, status: str | None, approval: str | None) -> Finding:
    """`approval` is None for a package without versions, such as the Marketplace's.

    Only approved versions can be deployed (SageMaker Developer Guide, "Update the Approval Status of a Model").
    """
    trace = f"{status} {approval}"
    if approval == "Rejected":
        sentence = f"the model package {arn} is rejected; approve it in the model registry or name another version"
        return Finding(trace=trace, reason="ModelPackageRejected", sentence=sentence)
    if approval not in (None, "Approved"):
        sentence = (
            f"the model package {arn} is {approval}; it can be deployed once it is approved in the model registry"
        )
        return Finding(trace=trace, reason="ModelPackageNotApproved", sentence=sentence)
    if status != "Completed":
        sentence = (
            f"the model package {arn} is {status}, and only a Completed one can be deployed; wait or name another"
        )
        return Finding(trace=trace, reason="ModelPackageNotReady", sentence=sentence)
    return Finding(trace=trace)


def _does_not_exist(error: CallFailed) -> bool:
    """'ModelPackage arn:... does not exist.'"""
    return error.code == "ValidationException" and "does not exist" in error.text.lower()
