"""CloudWatch as one thing: its books, its alarms, and what other services ask of it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from sagemaker_simulator.clock import Clock
from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.modelled import Operation, answer_modelled
from sagemaker_simulator.wire.request import Call, Caller, Reply

from .alarm_actions import AlarmActions
from .alarm_record import State, describe
from .alarm_watch import AlarmWatch
from .alarms import Alarms
from .books import Books
from .notifications import Notifications, Publish
from .query_protocol import answer_query
from .service import operations

StateValue = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
_VALUES: Final[Mapping[State, StateValue]] = {
    State.OK: "OK",
    State.ALARM: "ALARM",
    State.INSUFFICIENT_DATA: "INSUFFICIENT_DATA",
}


class CloudWatch:
    """Metrics and alarms of every account and region."""

    def __init__(self, clock: Clock, *, publish: Publish) -> None:
        self.books = Books(clock)
        self.actions = AlarmActions()
        self._watch = AlarmWatch(self.books, actions=self.actions)
        self.alarms = Alarms(self.books, watch=self._watch, actions=self.actions)
        self._operations: Mapping[str, Operation] = operations(self.books, alarms=self.alarms)
        self.actions.register(Notifications(publish))

    async def answer(self, call: Call) -> Reply:
        """Return the answer. Raises AwsError with the codes of CloudWatch's query protocol."""
        try:
            if call.protocol == "query":
                return await answer_query(call, self._operations)
            return await answer_modelled(call, self._operations)
        except AwsError as refused:
            if refused.code != "ValidationException":
                raise
            raise AwsError("ValidationError", refused.message) from None

    def alarm_state(self, *, account: str, region: str, name: str) -> StateValue | None:
        """Return the alarm's state at this moment, None when there is no alarm of that name."""
        alarm = self.books.at(account=account, region=region).alarms.get(name)
        return _VALUES[alarm.state] if alarm is not None else None

    def tagged(self, caller: Caller) -> Iterable[tuple[str, Mapping[str, str]]]:
        """Return the ARNs of the caller's alarms with their tags."""
        return self.books.of(caller).tags.items()

    def shown(self, *, datapoints: bool) -> dict[str, Any]:
        """Return everything there is, for the control API; of metrics only that they are, without datapoints."""
        return {
            "metrics": self.books.shown(datapoints=datapoints),
            "alarms": {
                f"{book.account}/{book.region}": {name: describe(alarm) for name, alarm in book.alarms.items()}
                for book in self.books.all()
                if book.alarms
            },
        }

    def clear(self) -> None:
        self._watch.stop()
        self.books.clear()
