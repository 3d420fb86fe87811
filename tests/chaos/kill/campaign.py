"""All rows, on several operators side by side; and what must hold when all are done."""

import json
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from devworld.world import World
from tests.chaos.kill.foreign import estate, make_foreign
from tests.chaos.kill.kill_once import Result, kill_once
from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.pace import Pace
from tests.chaos.kill.points import PHASES, Row, rows_of
from tests.chaos.kill.recording import recorded
from tests.chaos.kill.subject import Subject
from tests.controlplane.deadlines import DeadlineError
from tests.integration.vocabulary.specs import INSTANCE_TYPE

# Most of a row is waiting (for the Lease, for SageMaker), so two cores carry many.
SLOTS = 10
ROOM = 10_000  # instances: objects stay until all rows are done
RECORDED_WITHIN_SECONDS = 120.0


class Campaign:
    """One run of the kill test in a world of its own. Call `run` once."""

    def __init__(self, world: World, pace: Pace) -> None:
        self._world = world
        self._slots = [OperatorSlot(world, number=number, pace=pace) for number in range(SLOTS)]
        self._rows: queue.SimpleQueue[tuple[int, Row]] = queue.SimpleQueue()
        self._recorded = threading.Event()
        self._given_up = threading.Event()
        self.results: dict[int, Result] = {}
        """By the row's number; whole when `run` has returned."""
        self.rows: list[Row] = []
        self.complaints: list[str] = []
        """What is wrong beside the rows."""

    def run(self) -> None:
        """Returns when every row has a result and nothing of any object is left."""
        self._world.simulator.configure(quotas={f"{INSTANCE_TYPE}/endpoint": ROOM})
        foreign = make_foreign(self._world, [slot.namespace for slot in self._slots])
        # One thread a slot to the end: the kernel ends a process when the thread that started it ends.
        with ThreadPoolExecutor(len(self._slots)) as threads:
            try:
                for done in as_completed([threads.submit(self._work, slot) for slot in self._slots]):
                    done.result()
            finally:
                self._given_up.set()
        left = estate(self._world.simulator)
        if _told(left) != _told(foreign):
            self.complaints.append("\n".join(["in AWS is not what was there before:", *_differences(foreign, left)]))

    def _work(self, slot: OperatorSlot) -> None:
        try:
            slot.prepare()
            subjects = list(self._record(slot)) if slot is self._slots[0] else []
            assert self._recorded.wait(RECORDED_WITHIN_SECONDS), "the undisturbed run did not end"
            for number, row in self._rows_left():
                self.results[number], made = kill_once(slot, row, name=f"r{number:03}")
                subjects += made if self.results[number].good else []
            self._last_look(subjects)
            self._delete_all(subjects)
        finally:
            slot.close()

    def _record(self, slot: OperatorSlot) -> Iterator[Subject]:
        for phase in PHASES:
            points, subject = recorded(slot, phase, name=f"u{phase.name}")
            self.rows += rows_of(points)
            yield subject
        for numbered in enumerate(self.rows, start=1):
            self._rows.put(numbered)
        self._recorded.set()

    def _rows_left(self) -> Iterator[tuple[int, Row]]:
        while not self._given_up.is_set():
            try:
                yield self._rows.get_nowait()
            except queue.Empty:
                return

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


def _told(found: dict[str, Any]) -> str:
    return json.dumps(found, sort_keys=True)


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for kind in before:
        for name in sorted({*before[kind], *after[kind]}):
            was, now = before[kind].get(name), after[kind].get(name)
            if was != now:
                yield f"  {kind} {name}: was {was}, is {now}"
