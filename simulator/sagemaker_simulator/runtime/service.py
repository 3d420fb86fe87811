"""SageMaker Runtime's operations by name."""

from collections.abc import Awaitable, Callable, Mapping

from sagemaker_simulator.wire.errors import NotModelled
from sagemaker_simulator.wire.request import Call, Incoming, Reply

RuntimeOperation = Callable[[Call, Incoming], Awaitable[Reply]]


class RuntimeService:
    """The operations that are there."""

    def __init__(self, operations: Mapping[str, RuntimeOperation]) -> None:
        self._operations = operations

    async def answer(self, call: Call, request: Incoming) -> Reply:
        """Return the operation's answer. Raises AwsError, NotModelled for an operation that is not there."""
        operation = self._operations.get(call.operation)
        if operation is None:
            raise NotModelled(f"{call.service} {call.operation} is not modelled yet")
        return await operation(call, request)
