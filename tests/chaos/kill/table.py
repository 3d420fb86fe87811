"""The table of the kill test: a line a row, or a line a phase; and what went wrong, in words that fit into a log."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.chaos.kill.kill_once import Result

_COLUMNS = ("phase", "nth", "where", "write", "answer", "while dead", "reads", "result", "tries", "seconds")


def table_of(results: Iterable[Result]) -> str:
    """In the order of the writes; what went wrong stands below, row by row."""
    ordered = list(results)
    lines = [_COLUMNS, *(_cells(result) for result in ordered)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(_COLUMNS))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([*text, *_wrong(ordered)])


def summary_of(results: Iterable[Result]) -> str:
    """A line a phase, and below it everything about the rows that went wrong."""
    ordered = list(results)
    by_phase: dict[str, list[Result]] = defaultdict(list)
    for result in ordered:
        by_phase[result.row.point.phase.name].append(result)
    lines = [
        f"{phase:<13}{len(rows):>4} kills, {sum(not row.good for row in rows)} wrong, longest {_longest(rows):.0f} s"
        for phase, rows in by_phase.items()
    ]
    return "\n".join([*lines, *_wrong(ordered)])


def _longest(results: Iterable[Result]) -> float:
    """Seconds."""
    return max(result.seconds for result in results)


def wrong_in_short(results: Iterable[Result]) -> Iterator[str]:
    """A line for each row that went wrong, with the first thing that it complains of."""
    for result in results:
        if not result.good:
            yield f"{' | '.join(_cells(result))}: {result.evidence.splitlines()[0]}"


def _cells(result: Result) -> tuple[str, ...]:
    point = result.row.point
    return (
        point.phase.name,
        str(point.position),
        point.side.value,
        str(point),
        "got" if result.row.answered else "lost",
        result.row.meanwhile.value,
        "late" if result.row.late else "fresh",
        _verdict(result),
        str(result.tries),
        f"{result.seconds:.1f}",
    )


def _verdict(result: Result) -> str:
    if not result.good:
        return "WRONG"
    return "as it should be" if result.came else "did not come again"


def _wrong(results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        if not result.good:
            yield f"\nWRONG: {' | '.join(_cells(result))}\n{result.evidence}"
