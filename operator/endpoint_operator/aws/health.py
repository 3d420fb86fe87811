"""Whether AWS answers and accepts us: for /readyz and a metric, never for a status of an object at rest."""

from endpoint_operator.aws.measures import REACHABLE
from endpoint_operator.planning.faults import Fault


class AwsHealth:
    """The last word of any call."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.asked = False

    def answered(self) -> None:
        self.fault = None
        self.asked = True
        REACHABLE.set(1)

    def failed(self, fault: Fault) -> None:
        self.fault = fault
        self.asked = True
        REACHABLE.set(0)
