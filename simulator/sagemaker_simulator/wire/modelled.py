"""A service of our own: parameters parsed and checked by botocore's model, the answer held to it too."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from botocore.model import StructureShape

from .catalog import operation_model
from .errors import NotModelled, SimulatorDefect
from .parsing import parse
from .replies import answer
from .request import Call, Caller, Reply
from .validation import check_request, problems

Operation = Callable[[Caller, Mapping[str, Any]], Awaitable[dict[str, Any]]]
log = logging.getLogger(__name__)


async def answer_modelled(call: Call, operations: Mapping[str, Operation]) -> Reply:
    """Return the answer of the operation.

    Raises AwsError: the service's own refusal, NotModelled for an operation that is not there,
    SimulatorDefect for an answer that does not fit the service's model.
    """
    model = operation_model(call.service, call.operation)
    function = operations.get(call.operation)
    if model is None or function is None:
        raise NotModelled(f"{call.service} {call.operation} is not modelled")
    parameters = parse(model.input_shape, dict(call.parameters)) if model.input_shape is not None else {}
    check_request(model.input_shape, parameters)
    output = await function(call.caller, parameters)
    if model.output_shape is not None:
        drift = [*problems(model.output_shape, output), *_unknown_members(model.output_shape, output)]
        if drift:
            log.error("%s %s: the answer does not fit the model: %s", call.service, call.operation, "; ".join(drift))
            raise SimulatorDefect(f"the answer of {call.operation} does not fit the model: {'; '.join(drift)}")
    return answer(call.protocol, output)


def _unknown_members(shape: StructureShape, output: Mapping[str, Any]) -> list[str]:
    """Return what a client would never see; members further down are not looked at."""
    return [f"{name} is no member of the answer" for name in output if name not in shape.members]
