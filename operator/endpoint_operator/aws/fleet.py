"""What is known of all endpoints of the account and region: one memory, filled by lists and by single looks.

Nothing here calls AWS. A pass asks this memory first, so that at rest no object costs a call of its own.
"""

import time
from dataclasses import dataclass, field
from enum import Enum

from endpoint_operator.aws.endpoints import Summary
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus


class Word(Enum):
    """What the memory says of a name that it holds no summary of."""

    ABSENT = "Absent"  # a list that began after our last write did not show it
    UNKNOWN = "Unknown"  # it must be looked at


@dataclass
class _Entry:
    summary: Summary | None = None
    detail: LiveEndpoint | None = None
    known: bool = False
    missing_since: float | None = None
    written_at: float | None = None
    awaited: LiveStatus | None = None
    seen_in_transition: bool = False
    request: str | None = None
    before_write: Summary | None = None
    taken: bool = False
    read_at: float = 0.0
    unsure_until: float | None = None


@dataclass(kw_only=True)
class Fleet:
    """Memory of endpoints by name. Times are monotonic seconds."""

    consistency_window: float
    """For how long reads may lag behind writes, in seconds."""
    _entries: dict[str, _Entry] = field(default_factory=dict)
    swept_at: float | None = None

    def unsure_seconds(self, name: str, *, under_way: bool) -> float:
        """For how long what is read of the endpoint may be older than what a process before this one did to it.

        `under_way`: whether the object's status, as this process finds it first, leaves something to be done. Then the
        process that was at it may have died a moment ago, and its last write may not be visible yet.
        """
        entry = self._entry(name)
        if entry.unsure_until is None:
            entry.unsure_until = time.monotonic() + self.consistency_window if under_way else 0.0
        return max(0.0, entry.unsure_until - time.monotonic())

    def word(self, name: str) -> Summary | Word:
        """The last summary of an endpoint, or why there is none."""
        entry = self._entries.get(name)
        if entry is None:
            return Word.ABSENT if self.swept_at is not None else Word.UNKNOWN
        if not entry.known or entry.read_at < (entry.unsure_until or 0.0):
            return Word.UNKNOWN
        return entry.summary or Word.ABSENT

    def detail(self, name: str) -> LiveEndpoint | None:
        """The last single look, while no list has contradicted it."""
        entry = self._entries.get(name)
        return entry.detail if entry is not None and entry.known else None

    def looked(self, name: str, live: LiveEndpoint | None, *, began: float) -> None:
        """A single look that began then found this."""
        entry = self._entry(name)
        entry.read_at = began
        summary = _summary(live) if live is not None else None
        entry.known = not self._may_be_past(entry, summary)
        entry.detail = live
        entry.summary = summary
        self._mark_missing(entry, missing=live is None)
        if live is not None and live.busy:
            entry.awaited = live.status
            entry.seen_in_transition = True
        elif entry.awaited is not None and (live is not None or entry.awaited is LiveStatus.DELETING):
            entry.awaited = None

    def wrote(self, name: str, *, awaited: LiveStatus | None) -> None:
        """We asked SageMaker to change the endpoint: what was known is over, and `awaited` is what lists will show."""
        entry = self._entry(name)
        entry.known = False
        entry.detail = None
        entry.written_at = time.monotonic()
        entry.missing_since = None
        entry.awaited = awaited
        entry.seen_in_transition = False
        entry.before_write = entry.summary
        entry.taken = False

    def taken(self, name: str) -> None:
        """AWS took the change that `wrote` told of."""
        self._entry(name).taken = True

    def refused(self, name: str) -> None:
        """AWS did not do what `wrote` told of: nothing is to be waited for."""
        self._entry(name).awaited = None

    def may_have_moved(self, name: str) -> None:
        """Somebody else was free to change it until a moment ago: the next pass looks."""
        entry = self._entry(name)
        entry.known = False
        entry.detail = None

    def is_new_request(self, name: str, request: str) -> bool:
        """Whether a person asks for a look (reconcile-at) with another word than the one that was last answered.

        The word that this process finds first was answered by the list that it began with.
        """
        entry = self._entry(name)
        if entry.request is None:
            entry.request = request
        return entry.request != request

    def answered(self, name: str, request: str) -> None:
        """The look that was asked for was taken."""
        self._entry(name).request = request

    def forget(self, name: str) -> None:
        """Nobody asks for this name any more."""
        self._entries.pop(name, None)

    def missing_seconds(self, name: str) -> float | None:
        """For how long nothing of that name was found; starts with the first call of this."""
        entry = self._entry(name)
        if entry.missing_since is None:
            entry.missing_since = time.monotonic()
        return time.monotonic() - entry.missing_since

    def shows_before_write(self, name: str) -> bool:
        """Whether the last look found the endpoint as it was before a change that AWS took."""
        entry = self._entries.get(name)
        return entry is not None and entry.taken and self._may_be_past(entry, entry.summary)

    def awaited(self) -> dict[LiveStatus, set[str]]:
        """Names that somebody waits for, by the status that they are in."""
        waiting: dict[LiveStatus, set[str]] = {}
        for name, entry in self._entries.items():
            if entry.awaited is not None:
                waiting.setdefault(entry.awaited, set()).add(name)
        return waiting

    def left_transition(self, status: LiveStatus, shown: list[Summary], *, began: float) -> set[str]:
        """Names awaited in `status` that its list no longer shows: they must be looked at."""
        names = {summary.name for summary in shown}
        left = set()
        for name in self.awaited().get(status, set()):
            entry = self._entries[name]
            if entry.written_at is not None and entry.written_at > began:
                continue
            if name in names:
                entry.seen_in_transition = True
                continue
            entry.known = False
            entry.awaited = None
            left.add(name)
        return left

    def swept(self, summaries: list[Summary], *, began: float) -> set[str]:
        """A list of all endpoints: names whose word changed."""
        shown = {summary.name: summary for summary in summaries}
        changed = {name for name in {*shown, *self._entries} if self._update(name, shown.get(name), began=began)}
        self.swept_at = began
        return changed

    def _update(self, name: str, summary: Summary | None, *, began: float) -> bool:
        entry = self._entry(name)
        if (entry.written_at is not None and entry.written_at > began) or self._may_be_past(entry, summary):
            return False  # the list began before our write, or shows what was before it
        entry.read_at = began
        if entry.known and entry.summary == summary:
            return False
        # After a write that AWS refused nothing is awaited: what was there before is still there, and wakes nobody.
        news = entry.known or entry.awaited is not None or summary != entry.before_write
        entry.known = True
        entry.summary = summary
        entry.detail = None
        self._mark_missing(entry, missing=summary is None)
        return news

    def _may_be_past(self, entry: _Entry, summary: Summary | None) -> bool:
        """Whether what was read is as it was before our last write, and reads may lag: the next pass looks again."""
        if summary is None or summary != entry.before_write or entry.written_at is None:
            return False
        return time.monotonic() - entry.written_at < self.consistency_window

    def _entry(self, name: str) -> _Entry:
        # A name that no list showed so far is known to be absent, once there was a list.
        return self._entries.setdefault(name, _Entry(known=self.swept_at is not None, read_at=self.swept_at or 0.0))

    def _mark_missing(self, entry: _Entry, *, missing: bool) -> None:
        if not missing:
            entry.missing_since = None
        elif entry.missing_since is None:
            entry.missing_since = time.monotonic()


def _summary(live: LiveEndpoint) -> Summary:
    return Summary(name=live.name, status=live.status, created=live.created, modified=live.modified)
