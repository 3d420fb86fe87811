"""One warm-up: InvokeEndpoint with TargetModel and the body that the spec has, and what its answer means.

Sources: SageMaker Developer Guide, "Invoke a multi-model endpoint" (a model that is still being loaded after 60 s is
answered with ModelNotReadyException; loading goes on for up to 360 s); InvokeEndpoint in the API reference
(ModelError).
"""

import time
from dataclasses import dataclass

from endpoint_operator.api.model_spec import WarmUp
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.aws.errors import (
    is_about_credentials,
    is_denied,
    is_model_error,
    is_model_not_ready,
    is_throttled,
    is_unreachable,
    original_message,
    original_status,
)
from endpoint_operator.aws.measures import WARM_UPS
from endpoint_operator.aws.models.warm_up_bodies import WarmUpBodies
from endpoint_operator.aws.steps import StepRefused
from endpoint_operator.planning.faults import Blame, Fault

# Of a container's own words, so that a condition stays readable.
_WORDS = 300
_WORDS_NOT_SHOWN = "its words are not shown, for its environment has values of Secrets or ConfigMaps"


@dataclass(frozen=True, kw_only=True)
class WarmUpAnswer:
    """`seconds` from question to answer. Answered where `fault` is None."""

    seconds: float
    fault: Fault | None = None
    still_loading: bool = False

    @property
    def answered(self) -> bool:
        return self.fault is None


class WarmUpRequests:
    """For one account and region."""

    def __init__(self, *, requests: Calls, bodies: WarmUpBodies) -> None:
        """`requests` wait for 70 s and are never tried again by themselves: a repetition would be another warm-up."""
        self._requests = requests
        self._bodies = bodies

    async def ask(self, warm_up: WarmUp, *, endpoint_name: str, target_model: str, tells_words: bool) -> WarmUpAnswer:
        """Ask once. `endpoint_name` is SageMaker's. Raises nothing but NotLeading.

        `tells_words`: whether a fault may repeat what the container said.
        """
        try:
            body = await self._body(warm_up)
        except StepRefused as refused:
            WARM_UPS.labels("no-body").inc()
            return WarmUpAnswer(seconds=0.0, fault=refused.fault)
        began = time.monotonic()
        try:
            answer = await self._requests.call(
                "sagemaker-runtime",
                "invoke_endpoint",
                EndpointName=endpoint_name,
                TargetModel=target_model,
                ContentType=warm_up.content_type,
                Body=body,
            )
            await self._requests.read("sagemaker-runtime", "invoke_endpoint", answer["Body"])
        except CallFailed as error:
            WARM_UPS.labels(error.code or "no-answer").inc()
            return WarmUpAnswer(
                seconds=time.monotonic() - began,
                fault=_fault(error, endpoint_name, target_model=target_model, tells_words=tells_words),
                still_loading=is_model_not_ready(error),
            )
        WARM_UPS.labels("answered").inc()
        return WarmUpAnswer(seconds=time.monotonic() - began)

    async def _body(self, warm_up: WarmUp) -> bytes:
        if warm_up.body_s3_uri is not None:
            return await self._bodies.get(warm_up.body_s3_uri)
        return (warm_up.body or "").encode()


def _fault(error: CallFailed, endpoint_name: str, *, target_model: str, tells_words: bool) -> Fault:
    if is_model_not_ready(error):
        message = f"{target_model} is still being loaded by {endpoint_name}; it is asked again"
        return Fault(blame=Blame.WORLD, reason="ModelLoading", message=message)
    if is_model_error(error):
        return _model_error(
            error, endpoint_name, target_model=target_model, words=_words(error) if tells_words else None
        )
    if is_denied(error) and not error.fails_before_the_call:
        return _not_allowed(error)
    if is_throttled(error) or is_about_credentials(error) or is_denied(error) or is_unreachable(error):
        return fault_of(error)
    if error.code in ("ValidationError", "ValidationException"):
        message = (
            f"SageMaker refused the warm-up of {target_model} at {endpoint_name}: {error.text}; "
            "correct spec.warmUp where it is about the request, and spec.source where it is about the model"
        )
        return Fault(blame=Blame.USER, reason="WarmUpRefused", message=message, about_inputs=True)
    message = f"the warm-up of {target_model} at {endpoint_name} failed: {error.code} {error.text}; it is tried again"
    return Fault(blame=Blame.WORLD, reason="WarmUpFailed", message=message)


def _not_allowed(error: CallFailed) -> Fault:
    message = (
        f"the operator's role may not call sagemaker:InvokeEndpoint: {error.text}; "
        "add the action to its IAM policy, or leave spec.warmUp out"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason="OperatorNotAllowed", message=message)


def _words(error: CallFailed) -> str:
    """The container's own."""
    words = " ".join((original_message(error) or error.text).split())
    return words if len(words) <= _WORDS else f"{words[:_WORDS]}…"


def _model_error(error: CallFailed, endpoint_name: str, *, target_model: str, words: str | None) -> Fault:
    """`words` is None where a value of a Secret may be in them."""
    status = original_status(error)
    answered = f"answered {status}" if status else "gave no answer"
    said = words if words is not None else _WORDS_NOT_SHOWN
    message = (
        f"{target_model} {answered} to the warm-up ({said}); correct spec.warmUp or the model; "
        f"CloudWatch has its log in the group /aws/sagemaker/Endpoints/{endpoint_name}"
    )
    return Fault(blame=Blame.USER, reason="WarmUpRefused", message=message, about_inputs=True)
