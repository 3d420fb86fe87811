"""Every simulated minute (ten seconds where an alarm's period is below a minute) each alarm is judged anew."""

from dataclasses import replace

from sagemaker_simulator.clock import Timer

from .alarm_actions import AlarmActions, AlarmCall
from .alarm_judgement import judged
from .alarm_reasons import reason, reason_data
from .alarm_record import Alarm, State
from .alarm_values import MINUTE, Looked, looked_at, period_of
from .books import Book, Books

HIGH_RESOLUTION_SECONDS = 10


class AlarmWatch:
    """Judges the alarms and calls their actions."""

    def __init__(self, books: Books, *, actions: AlarmActions) -> None:
        self._books = books
        self._actions = actions
        self._timer: Timer | None = None
        self._due = float("inf")

    def wake(self, alarm: Alarm) -> None:
        """See to it that the alarm, which was just put, is looked at when it is due."""
        self._wake_within(_grain(alarm))

    def _wake_within(self, grain: int) -> None:
        now = self._books.clock.seconds()
        due = (now // grain + 1) * grain
        if self._timer is not None and self._due <= due:
            return
        self.stop()
        self._due = due
        self._timer = self._books.clock.call_after(due - now, self._ring)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._due = None, float("inf")

    def change(self, book: Book, alarm: Alarm, state: State, *, reason: str, reason_data: str | None) -> Alarm:
        """Put the alarm into the state; returns its new record."""
        now = self._books.clock.now()
        changed = replace(
            alarm,
            state=state,
            reason=reason,
            reason_data=reason_data,
            updated=now,
            transitioned=now if state is not alarm.state else alarm.transitioned,
        )
        book.alarms[alarm.name] = changed
        return changed

    def call_actions(self, book: Book, alarm: Alarm, *, previous: State, looked: Looked) -> None:
        """Call what the alarm's state calls."""
        for action in alarm.actions_for(alarm.state):
            self._actions.call(
                AlarmCall(
                    account=book.account,
                    region=book.region,
                    alarm=alarm,
                    action=action,
                    previous=previous,
                    looked=looked,
                    repeated=previous is alarm.state,
                )
            )

    def _ring(self) -> None:
        self._timer, self._due = None, float("inf")
        now = self._books.clock.seconds()
        on_the_minute = now % MINUTE < HIGH_RESOLUTION_SECONDS
        try:
            for book in self._books.all():
                for name in list(book.alarms):
                    alarm = book.alarms.get(name)  # an action may have removed it
                    if alarm is not None and (on_the_minute or _grain(alarm) < MINUTE):
                        self._judge(book, alarm, now=now, on_the_minute=on_the_minute)
        finally:
            grains = {_grain(alarm) for book in self._books.all() for alarm in book.alarms.values()}
            if grains:
                self._wake_within(min(grains))

    def _judge(self, book: Book, alarm: Alarm, *, now: float, on_the_minute: bool) -> None:
        looked = looked_at(alarm, book, now=now)
        state = judged(
            looked.breaching,
            periods=alarm.periods,
            enough=alarm.enough,
            treat_missing=alarm.treat_missing,
            current=alarm.state,
        )
        if state is not alarm.state:
            why, data = reason(alarm, state, looked), reason_data(alarm, looked, now=self._books.clock.now())
            changed = self.change(book, alarm, state, reason=why, reason_data=data)
            self.call_actions(book, changed, previous=alarm.state, looked=looked)
        elif on_the_minute:
            self.call_actions(book, alarm, previous=state, looked=looked)


def _grain(alarm: Alarm) -> int:
    return MINUTE if period_of(alarm.definition) >= MINUTE else HIGH_RESOLUTION_SECONDS
