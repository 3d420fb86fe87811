"""The tags that a resource of any of the simulator's own services has at this moment."""

from collections.abc import Callable, Iterable, Mapping

from sagemaker_simulator.sagemaker.estate import Estates
from sagemaker_simulator.wire.request import Caller

Tagged = Callable[[Caller], Iterable[tuple[str, Mapping[str, str]]]]


class LiveTags:
    """By ARN, as a policy's conditions see them: never stale."""

    def __init__(self, *, estates: Estates, others: tuple[Tagged, ...]) -> None:
        """`others` list the ARNs of a caller with their tags."""
        self._estates = estates
        self._others = others

    def __call__(self, caller: Caller, arn: str) -> Mapping[str, str] | None:
        if not arn.startswith("arn:"):
            return None
        tags = self._estates.of(caller).tags.get(arn)
        if tags is not None:
            return tags
        return next((tags for tagged in self._others for known, tags in tagged(caller) if known == arn), None)
