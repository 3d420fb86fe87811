"""Text for a terminal: wrapped sentences, columns, ages."""

import shutil
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime

NARROWEST, WIDEST = 40, 120


def terminal_width() -> int:
    """Columns of the terminal; 80 where there is none."""
    return min(max(shutil.get_terminal_size((80, 24)).columns, NARROWEST), WIDEST)


def wrapped(text: str, *, indent: int, width: int, first: str | None = None) -> list[str]:
    """Lines of at most `width`, words never broken: names, ARNs and URLs stay whole to be copied."""
    return textwrap.wrap(
        text,
        width=width,
        initial_indent=" " * indent if first is None else first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns(rows: Sequence[Sequence[str]], *, indent: int = 0) -> list[str]:
    """The rows with their cells under each other."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        " " * indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def age(time: str, *, now: datetime) -> str:
    """For how long, as kubectl writes it (45s, 12m, 3h, 9d); the text itself where it is no time."""
    try:
        seconds = max(0, int((now - datetime.fromisoformat(time).astimezone(UTC)).total_seconds()))
    except ValueError:
        return time
    for limit, unit, letter in ((120, 1, "s"), (7200, 60, "m"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{seconds // unit}{letter}"
    return f"{seconds // 86400}d"
