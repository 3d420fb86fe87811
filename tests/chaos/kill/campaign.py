"""All rows, on several operators side by side; and what must hold when all are done."""

import queue
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack

from devworld.world import World
from tests.chaos.kill.aws_of_its_own import AwsOfItsOwn
from tests.chaos.kill.foreign import differences, estate, make_foreign
from tests.chaos.kill.kill_once import Result, kill_once
from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.pace import FRESH, LATE
from tests.chaos.kill.points import PHASES, Row, late_rows_of, rows_of
from tests.chaos.kill.recording import recorded
from tests.chaos.kill.subject import Subject
from tests.controlplane.deadlines import DeadlineError
from tests.integration.vocabulary.specs import INSTANCE_TYPE

# Most of a row is waiting (for the Lease, for SageMaker), so two cores carry many.
FRESH_SLOTS = 8
LATE_SLOTS = 4
ROOM = 10_000  # instances: objects stay until all rows are done
RECORDED_WITHIN_SECONDS = 300.0

NumberedRows = queue.SimpleQueue[tuple[int, Row]]


class Campaign:
    """One run of the kill test in a world of its own. Call `run` once."""

    def __init__(self, world: World) -> None:
        self._world = world
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
        with ExitStack() as stack:
            slots = [self._fresh_slot(number) for number in range(FRESH_SLOTS)]
            late_slots = self._late_slots(stack)
            simulators = {slot.simulator.url: slot.simulator for slot in (*slots, *late_slots)}
            for simulator in simulators.values():
                simulator.configure(quotas={f"{INSTANCE_TYPE}/endpoint": ROOM})
            make_foreign(self._world, [slot.namespace for slot in slots])
            before = {url: estate(simulator) for url, simulator in simulators.items()}
            self._work_all(slots, late_slots)
            for url, simulator in simulators.items():
                changed = list(differences(before[url], estate(simulator)))
                if changed:
                    self.complaints.append("\n".join(["in AWS is not what was there before:", *changed]))

    def _fresh_slot(self, number: int) -> OperatorSlot:
        return OperatorSlot(self._world, number=number, aws_url=self._world.simulator_url, pace=FRESH)

    def _late_slots(self, stack: ExitStack) -> list[OperatorSlot]:
        numbers = range(FRESH_SLOTS, FRESH_SLOTS + LATE_SLOTS)
        clouds = [AwsOfItsOwn(self._world.directory / f"aws{number}", LATE) for number in numbers]
        for cloud in clouds:
            stack.callback(cloud.stop)
            cloud.launch()
        urls = [cloud.await_ready() for cloud in clouds]
        return [
            OperatorSlot(self._world, number=number, aws_url=url, pace=LATE)
            for number, url in zip(numbers, urls, strict=True)
        ]

    def _work_all(self, slots: list[OperatorSlot], late_slots: list[OperatorSlot]) -> None:
        # One thread a slot to the end: the kernel ends a process when the thread that started it ends.
        with ThreadPoolExecutor(FRESH_SLOTS + LATE_SLOTS) as threads:
            work = [threads.submit(self._work, slot, self._fresh, records=slot is slots[0]) for slot in slots]
            work += [threads.submit(self._work, slot, self._late, records=False) for slot in late_slots]
            for done in as_completed(work):
                done.result()

    def _work(self, slot: OperatorSlot, rows: NumberedRows, *, records: bool) -> None:
        try:
            slot.prepare()
            subjects = list(self._record(slot)) if records else []
            assert self._recorded.wait(RECORDED_WITHIN_SECONDS), "the undisturbed run did not end; see its slot"
            subjects += self._work_off(slot, rows)
            self._last_look(subjects)
            self._delete_all(subjects)
        finally:
            slot.close()

    def _record(self, slot: OperatorSlot) -> Iterator[Subject]:
        for phase in PHASES:
            points, subject = recorded(slot, phase, name=f"u{phase.name}")
            self.rows += rows_of(points)
            yield subject
        late = late_rows_of(self.rows)
        for number, row in enumerate((*self.rows, *late), start=1):
            (self._late if row.late else self._fresh).put((number, row))
        self.rows += late
        self._recorded.set()

    def _work_off(self, slot: OperatorSlot, rows: NumberedRows) -> Iterator[Subject]:
        """Whoever is free takes the next; the objects of those that came out right."""
        while True:
            try:
                number, row = rows.get_nowait()
            except queue.Empty:
                return
            self.results[number], made = kill_once(slot, row, name=f"r{number:03}")
            yield from made if self.results[number].good else ()

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
