"""Carrying a plan out: its steps in order, each safe to repeat, up to the first that fails."""

import logging
from collections.abc import Mapping, Sequence

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.aws.steps import Doer, Pass, StepRefused
from endpoint_operator.planning.facts import OperatorInputs
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.steps import Step

log = logging.getLogger(__name__)


class AwsExecutor:
    """The only place that changes anything in AWS."""

    def __init__(self, *doers: Mapping[type, Doer]) -> None:
        """`doers` by the type of step that each does."""
        self._doers = {kind: doer for each in doers for kind, doer in each.items()}

    async def carry_out(self, endpoint: InferenceEndpoint, steps: Sequence[Step], inputs: OperatorInputs) -> Outcome:
        done: list[Step] = []
        arn: str | None = None
        current = Pass(endpoint=endpoint, inputs=inputs)
        for step in steps:
            try:
                arn = await self._doers[type(step)](step, current) or arn
            except StepRefused as refused:
                return Outcome(done=tuple(done), fault=refused.fault, endpoint_arn=arn)
            except CallFailed as error:
                log.info("%s", error, extra={"object": endpoint.object_name})
                return Outcome(done=tuple(done), fault=fault_of(error), endpoint_arn=arn)
            done.append(step)
        return Outcome(done=tuple(done), endpoint_arn=arn)
