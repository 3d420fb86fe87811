"""What a container of many models does with them, told one by one to whoever keeps the metrics."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What happened. The first two are of requests: the model was in memory already, or the request waited for it."""

    HIT = auto()
    MISS = auto()
    WAITED = auto()
    DOWNLOADED = auto()
    LOADED = auto()
    UNLOADED = auto()


@dataclass(frozen=True, kw_only=True)
class ModelEvent:
    """One happening; `seconds` (real) is how long it took, nothing for a HIT or a MISS."""

    account: str
    region: str
    endpoint: str
    variant: str
    endpoint_config: str
    kind: Kind
    seconds: float = 0.0


TellModelEvent = Callable[[ModelEvent], None]


def tell_nobody(_event: ModelEvent) -> None:
    """Leave the event untold."""
