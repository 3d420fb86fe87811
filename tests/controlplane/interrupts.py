"""Ctrl-C and SIGTERM at any moment, without losing a process that was started but not yet written down."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType

AGAIN_AFTER_SECONDS = 0.05


class _Gate:
    """Python runs signal handlers between two bytecodes of the main thread: a counter is enough, no lock is needed."""

    def __init__(self) -> None:
        self.shut = 0
        self.waiting = False
        self.saying = ""

    def knock(self, _number: int, _frame: FrameType | None) -> None:
        if not self.shut:
            raise KeyboardInterrupt
        self.waiting = True
        if self.saying:
            print(self.saying, file=sys.stderr, flush=True)

    def knock_again(self, lost: "sys.UnraisableHookArgs") -> None:
        """Python drops what is raised while it frees something, a connection, say: nobody would hear of the Ctrl-C."""
        if lost.exc_type is KeyboardInterrupt:
            signal.setitimer(signal.ITIMER_REAL, AGAIN_AFTER_SECONDS)
        else:
            sys.__unraisablehook__(lost)


_gate = _Gate()


def interrupt_on_signals() -> None:
    """From now on SIGINT and SIGTERM raise KeyboardInterrupt, except inside `uninterrupted`."""
    signal.signal(signal.SIGINT, _gate.knock)
    signal.signal(signal.SIGTERM, _gate.knock)
    signal.signal(signal.SIGALRM, _gate.knock)
    sys.unraisablehook = _gate.knock_again


@contextlib.contextmanager
def uninterrupted(*, saying: str = "") -> Iterator[None]:
    """Holds interrupts back until the block has ended, then raises one KeyboardInterrupt for all of them.

    The block must be bounded in time; `saying` is what an impatient user is told meanwhile.
    Without `interrupt_on_signals` this changes nothing.
    """
    _gate.shut += 1
    _gate.saying = _gate.saying or saying
    try:
        yield
    finally:
        _gate.shut -= 1
        if not _gate.shut:
            _gate.saying = ""
            if _gate.waiting:
                _gate.waiting = False
                raise KeyboardInterrupt
