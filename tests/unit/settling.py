"""Time passing by until nothing more comes of it: the operator is woken only as its engine would wake it."""

from collections.abc import Callable

from tests.unit.operator_in_memory import OperatorInMemory

# More passes than anything needs: who has not settled by then never will.
MOST_PASSES = 200


def due(operator: OperatorInMemory) -> None:
    if operator.look_at is not None and operator.look_at <= operator.clock:
        operator.awake = True


def transition_ends(operator: OperatorInMemory) -> None:
    """Minutes later."""
    operator.clock += 300.0
    operator.sagemaker.finish()
    operator.sweep()


def settle(operator: OperatorInMemory, *, after_each_pass: Callable[[], None] = lambda: None) -> None:
    """AssertionError when it comes to no end."""
    quiet, since = 0, operator.clock
    for _ in range(MOST_PASSES):
        if operator.gone:
            return
        operator.sweep()
        if operator.awake:
            news = operator.one_pass()
            quiet, since = (0, operator.clock) if news else (quiet + 1, since)
            after_each_pass()
        elif operator.clock < operator.stale_until:
            operator.clock = operator.stale_until
        elif operator.sagemaker.in_transition:
            transition_ends(operator)
            quiet, since = 0, operator.clock
        elif operator.look_at is not None and (quiet < 3 or operator.clock - since < 70.0):
            operator.clock = max(operator.clock, operator.look_at)
            due(operator)
        else:
            return
    raise AssertionError(f"not settled after {MOST_PASSES} passes: {operator.object.status.conditions}")
