"""The simulator's own drift: an answer that does not fit the service's model never reaches a client as an answer."""

from dataclasses import replace
from typing import Any

import pytest

from sagemaker_simulator.wire.errors import NotModelled, SimulatorDefect
from sagemaker_simulator.wire.modelled import answer_modelled
from sagemaker_simulator.wire.request import Call, Caller

CALL = Call(
    service="sagemaker",
    operation="DescribeEndpoint",
    resource="e1",
    caller=Caller(account="123456789012", region="us-east-1", access_key="key"),
    protocol="json",
    parameters={"EndpointName": "e1"},
)


async def test_an_answer_that_lacks_what_the_model_requires_is_a_defect() -> None:
    async def describe(_caller: Caller, _parameters: Any) -> dict[str, Any]:
        return {"EndpointName": "e1", "EndpointStatus": "Sleeping"}

    with pytest.raises(SimulatorDefect) as caught:
        await answer_modelled(CALL, {"DescribeEndpoint": describe})
    assert caught.value.status == 500
    assert caught.value.message.startswith("simulator: the answer of DescribeEndpoint does not fit the model: ")
    assert "Value null at 'endpointArn'" in caught.value.message
    assert "Value 'Sleeping' at 'endpointStatus'" in caught.value.message


async def test_an_answer_with_a_member_that_the_model_does_not_have_is_a_defect() -> None:
    async def list_tags(_caller: Caller, _parameters: Any) -> dict[str, Any]:
        return {"Tags": [], "Extra": 1}

    arn = "arn:aws:sagemaker:us-east-1:123456789012:model/m1"
    call = replace(CALL, operation="ListTags", parameters={"ResourceArn": arn})
    with pytest.raises(SimulatorDefect, match="Extra"):
        await answer_modelled(call, {"ListTags": list_tags})


async def test_an_operation_without_a_function_is_not_modelled() -> None:
    with pytest.raises(NotModelled, match="sagemaker DescribeEndpoint is not modelled"):
        await answer_modelled(CALL, {})
