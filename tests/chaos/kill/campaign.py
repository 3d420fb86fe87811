"""All rows, on several operators side by side; and what must hold when all are done."""

import queue
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

from devworld.world import World
from tests.chaos.kill.foreign import differences, estate, make_foreign
from tests.chaos.kill.kill_once import Result, kill_once, kill_prepared
from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.pace import LATE, Pace
from tests.chaos.kill.points import PHASES, Row, late_rows_of, rows_of
from tests.chaos.kill.recording import recorded
from tests.chaos.kill.subject import Subject
from tests.controlplane.deadlines import DeadlineError
from tests.integration.vocabulary.specs import INSTANCE_TYPE

# Most of a row is waiting (for the Lease, for SageMaker), so two cores carry many.
SLOTS = 10
ROOM = 10_000  # instances: objects stay until all rows are done
TOGETHER_WITHIN_SECONDS = 600.0

NumberedRow = tuple[int, Row]


class Campaign:
    """One run of the kill test in a world of its own. Call `run` once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._slots = [OperatorSlot(world, number=number) for number in range(SLOTS)]
        self._fresh: queue.SimpleQueue[NumberedRow] = queue.SimpleQueue()
        self._late: list[NumberedRow] = []
        self._all_recorded = threading.Barrier(SLOTS, timeout=TOGETHER_WITHIN_SECONDS)
        self._all_prepared = threading.Barrier(SLOTS, timeout=TOGETHER_WITHIN_SECONDS, action=lambda: self._turn(LATE))
        self.results: dict[int, Result] = {}
        """By the row's number."""
        self.rows: list[Row] = []
        self.complaints: list[str] = []
        """What is wrong beside the rows."""

    def run(self) -> None:
        """Returns when every row has a result and nothing of any object is left."""
        self._world.simulator.configure(quotas={f"{INSTANCE_TYPE}/endpoint": ROOM})
        foreign = make_foreign(self._world, [slot.namespace for slot in self._slots])
        # One thread a slot to the end: the kernel ends a process when the thread that started it ends.
        with ThreadPoolExecutor(len(self._slots)) as threads:
            for done in as_completed([threads.submit(self._work, slot) for slot in self._slots]):
                done.result()
        changed = list(differences(foreign, estate(self._world.simulator)))
        if changed:
            self.complaints.append("\n".join(["in AWS is not what was there before:", *changed]))

    def _work(self, slot: OperatorSlot) -> None:
        try:
            self._work_through(slot)
        except BaseException:
            self._all_recorded.abort()
            self._all_prepared.abort()
            raise
        finally:
            slot.close()

    def _work_through(self, slot: OperatorSlot) -> None:
        slot.prepare()
        subjects = list(self._record(slot)) if slot is self._slots[0] else []
        self._all_recorded.wait()
        subjects += self._fresh_rows(slot)
        prepared = list(self._prepared(slot))
        self._all_prepared.wait()
        slot.change_pace(LATE)
        subjects += self._late_rows(slot, prepared)
        self._last_look(subjects)
        self._delete_all(subjects)

    def _record(self, slot: OperatorSlot) -> Iterator[Subject]:
        for phase in PHASES:
            points, subject = recorded(slot, phase, name=f"u{phase.name}")
            self.rows += rows_of(points)
            yield subject
        fresh = len(self.rows)
        self.rows += late_rows_of(self.rows)
        numbered = list(enumerate(self.rows, start=1))
        self._late = numbered[fresh:]
        for each in numbered[:fresh]:
            self._fresh.put(each)

    def _fresh_rows(self, slot: OperatorSlot) -> Iterator[Subject]:
        """Whoever is free takes the next; the objects of those that came out right."""
        while True:
            try:
                number, row = self._fresh.get_nowait()
            except queue.Empty:
                return
            self.results[number], made = kill_once(slot, row, name=f"r{number:03}")
            yield from made if self.results[number].good else ()

    def _prepared(self, slot: OperatorSlot) -> Iterator[tuple[NumberedRow, Subject]]:
        """The slot's share of the late rows, each with an object that was settled while reads were fresh."""
        mine = self._late[self._slots.index(slot) :: len(self._slots)]
        for number, row in mine:
            subject = Subject(slot, f"r{number:03}")
            subject.settle_in(row.point.phase)
            yield (number, row), subject

    def _late_rows(self, slot: OperatorSlot, prepared: list[tuple[NumberedRow, Subject]]) -> Iterator[Subject]:
        for (number, row), subject in prepared:
            self.results[number] = kill_prepared(slot, row, subject)
            if self.results[number].good:
                yield subject

    def _turn(self, pace: Pace) -> None:
        self._world.simulator.scale(pace.time_scale)
        self._world.simulator.configure(staleSeconds=pace.stale_seconds)

    def _last_look(self, subjects: list[Subject]) -> None:
        """What came out right stayed so while others were killed."""
        for subject in subjects:
            self.complaints += [f"{subject.endpoint_name}, later: {complaint}" for complaint in subject.complaints()]

    def _delete_all(self, subjects: list[Subject]) -> None:
        there = [subject for subject in subjects if not subject.deleted]
        for subject in there:
            subject.delete()
        for subject in there:
            try:
                subject.comes_out_right()
            except DeadlineError as late:
                self.complaints.append(f"{subject.endpoint_name}, deleted in the end: {late}")
