"""All rows, on several operators side by side; and what must hold when all are done."""

import queue
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from typing import TypeVar

from devworld.simulator_control import SimulatorControl
from devworld.world import World
from tests.chaos.kill.aws_calls import CallsKept
from tests.chaos.kill.aws_of_its_own import AwsOfItsOwn
from tests.chaos.kill.estate import differences, estate_of
from tests.chaos.kill.extent import EVERYTHING, Extent
from tests.chaos.kill.foreign import make_foreign
from tests.chaos.kill.kill_once import Result, kill_once
from tests.chaos.kill.operator_slot import Begin, OperatorSlot
from tests.chaos.kill.pace import FRESH, LATE
from tests.chaos.kill.phase import Phase
from tests.chaos.kill.points import Point, Row, late_rows_of, points_of, rows_of
from tests.chaos.kill.recording import recorded
from tests.chaos.kill.refused import led_through_refusals
from tests.chaos.kill.stored import stored_at
from tests.chaos.kill.subject import Subject
from tests.chaos.kill.versions import OTHER_TYPE
from tests.controlplane.deadlines import DeadlineError
from tests.controlplane.warm_python import WarmPython
from tests.integration.vocabulary.specs import INSTANCE_TYPE

ROOM = 10_000  # instances: objects stay until all rows are done
RECORDED_WITHIN_SECONDS = 600.0

Item = TypeVar("Item")
NumberedRows = queue.SimpleQueue[tuple[int, Row]]


class Campaign:
    """One run of the kill test in a world of its own. Call `run` once."""

    def __init__(self, world: World, extent: Extent = EVERYTHING) -> None:
        self._world = world
        self._extent = extent
        self._unrecorded: queue.SimpleQueue[Phase] = queue.SimpleQueue()
        self._writes: dict[Phase, list[Point]] = {}
        self._writes_complete = threading.Lock()
        self._fresh: NumberedRows = queue.SimpleQueue()
        self._late: NumberedRows = queue.SimpleQueue()
        self._recorded = threading.Event()
        self.results: dict[int, Result] = {}
        """By the row's number."""
        self.rows: list[Row] = []
        self.complaints: list[str] = []
        """What is wrong beside the rows."""

    def run(self) -> None:
        """Returns when every row has a result and nothing of any object is left."""
        for phase in self._extent.wanted_phases():
            self._unrecorded.put(phase)
        with ExitStack() as stack:
            # An operator is started twice a row: its imports alone would be half of the whole test.
            begin = stack.enter_context(WarmPython("endpoint_operator", imported=("botocore.signers",))).start
            slots = self._fresh_slots(begin)
            late_slots = self._late_slots(stack, begin)
            simulators = {slot.simulator.url: slot.simulator for slot in (*slots, *late_slots)}
            for simulator in simulators.values():
                simulator.configure(quotas={f"{kind}/endpoint": ROOM for kind in (INSTANCE_TYPE, OTHER_TYPE)})
            make_foreign(self._world, [slot.namespace for slot in slots])
            before = {url: (estate_of(simulator), stored_at(url)) for url, simulator in simulators.items()}
            self._work_all(slots, late_slots)
            for url, simulator in simulators.items():
                estate, stored = before[url]
                changed = [*differences(estate, estate_of(simulator)), *differences(stored, stored_at(url))]
                if changed:
                    self.complaints.append("\n".join(["in AWS is not what was there before:", *changed]))

    def _fresh_slots(self, begin: Begin) -> list[OperatorSlot]:
        kept = CallsKept(SimulatorControl(self._world.simulator_url))
        numbers = range(self._extent.fresh_slots)
        return [OperatorSlot(self._world, number=number, kept=kept, pace=FRESH, begin=begin) for number in numbers]

    def _late_slots(self, stack: ExitStack, begin: Begin) -> list[OperatorSlot]:
        first = self._extent.fresh_slots
        numbers = range(first, first + self._extent.late_slots)
        clouds = [AwsOfItsOwn(self._world.directory / f"aws{number}", LATE) for number in numbers]
        for cloud in clouds:
            stack.callback(cloud.stop)
            cloud.launch()
        kept = [CallsKept(SimulatorControl(cloud.await_ready())) for cloud in clouds]
        return [
            OperatorSlot(self._world, number=number, kept=each, pace=LATE, begin=begin)
            for number, each in zip(numbers, kept, strict=True)
        ]

    def _work_all(self, slots: list[OperatorSlot], late_slots: list[OperatorSlot]) -> None:
        # One thread a slot to the end: the kernel ends a process when the thread that started it ends.
        with ThreadPoolExecutor(len(slots) + len(late_slots)) as threads:
            work = [threads.submit(self._work, slot, self._fresh) for slot in slots]
            work += [threads.submit(self._work, slot, self._late) for slot in late_slots]
            for done in as_completed(work):
                done.result()

    def _work(self, slot: OperatorSlot, rows: NumberedRows) -> None:
        try:
            slot.prepare()
            subjects = list(self._record(slot)) if rows is self._fresh else []
            assert self._recorded.wait(RECORDED_WITHIN_SECONDS), "an undisturbed run did not end; see its slot"
            subjects += self._work_off(slot, rows)
            self._last_look(subjects)
            self._delete_all(subjects)
            slot.tenants.go()
        finally:
            slot.close()

    def _record(self, slot: OperatorSlot) -> Iterator[Subject]:
        """Whoever is free leads an object through the next phase undisturbed, and one with the API server against it.

        The last of all reckons the rows.
        """
        for phase in _taken(self._unrecorded):
            writes, subject = recorded(slot, phase, name=f"u{phase.name}")
            with self._writes_complete:
                self._writes[phase] = writes
                if len(self._writes) == len(self._extent.wanted_phases()):
                    self._number_rows()
            yield subject
            subject, wrong = led_through_refusals(slot, phase, name=f"x{phase.name}")
            self.complaints += wrong
            yield subject

    def _number_rows(self) -> None:
        rows = rows_of(points_of([self._writes[phase] for phase in self._extent.wanted_phases()]))
        self.rows = self._extent.of([*rows, *late_rows_of(rows)])
        for number, row in enumerate(self.rows, start=1):
            (self._late if row.late else self._fresh).put((number, row))
        self._recorded.set()

    def _work_off(self, slot: OperatorSlot, rows: NumberedRows) -> Iterator[Subject]:
        """Whoever is free takes the next; the objects of those that came out right."""
        for number, row in _taken(rows):
            self.results[number], made = kill_once(slot, row, name=f"r{number:03}")
            yield from made if self.results[number].good else ()

    def _last_look(self, subjects: list[Subject]) -> None:
        """What came out right stayed so while others were killed."""
        for subject in subjects:
            self.complaints += [f"{subject.about}, later: {complaint}" for complaint in subject.complaints()]

    def _delete_all(self, subjects: list[Subject]) -> None:
        there = [subject for subject in subjects if not subject.deleted]
        for subject in there:
            subject.delete()
        for subject in there:
            try:
                subject.comes_out_right()
            except DeadlineError as late:
                self.complaints.append(f"{subject.about}, deleted in the end: {late}")


def _taken(waiting: "queue.SimpleQueue[Item]") -> Iterator[Item]:
    """One after the other, until none is left."""
    while True:
        try:
            yield waiting.get_nowait()
        except queue.Empty:
            return
