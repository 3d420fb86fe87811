"""The figures as a table for people and as JSON for comparisons."""

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.counters import Counted
from tests.bench.edits import EditFigures
from tests.bench.scenario import CREATING_SECONDS, CREATING_SPREAD_SECONDS, LATENCY_MS, Figures


def percentile(values: list[float], share: float) -> float:
    """Nearest rank; values sorted."""
    return values[min(len(values) - 1, round(share * (len(values) - 1)))]


def rows(figures: Figures) -> list[tuple[str, str]]:
    size = figures.endpoints
    rest_minutes = figures.rest_seconds * figures.rest_speed / 60
    return [
        ("all Ready", f"{figures.all_ready:.1f} s"),
        ("InService → Ready p50", f"{percentile(figures.in_service_to_ready, 0.5):.2f} s"),
        ("InService → Ready p99", f"{percentile(figures.in_service_to_ready, 0.99):.2f} s"),
        ("AWS calls an endpoint", f"{sum(figures.creating.aws_calls.values()) / size:.2f}"),
        ("Kubernetes writes an endpoint", f"{writes(figures.creating) / size:.2f}"),
        ("Events an endpoint", f"{figures.creating.kubernetes_writes.get('events', 0) / size:.2f}"),
        ("CPU seconds", f"{figures.creating.cpu_seconds:.1f}"),
        ("RSS", f"{figures.creating.rss_mib:.0f} MiB"),
        ("at rest: AWS calls a minute", f"{sum(figures.rest.aws_calls.values()) / rest_minutes:.1f}"),
        *_rest(figures),
        ("restart: all seen after", _restart_seen(figures)),
        ("restart: AWS calls", f"{sum(figures.restart.aws_calls.values())}"),
        ("restart: Kubernetes writes", f"{writes(figures.restart)}"),
        ("restart: CPU seconds", f"{figures.restart.cpu_seconds:.1f}"),
        ("restart: RSS", f"{figures.restart.rss_mib:.0f} MiB"),
        *_edits(figures.edits),
    ]


def _edits(edits: EditFigures | None) -> list[tuple[str, str]]:
    if edits is None:
        return []
    return [
        (f"{what} p50, p99", f"{percentile(values, 0.5):.2f}, {percentile(values, 0.99):.2f} s")
        for what, values in (
            ("edit of weights → call", edits.weights),
            ("edit of the revision → UpdateEndpoint", edits.revision),
        )
    ]


def _rest(figures: Figures) -> list[tuple[str, str]]:
    """CPU only where the periods were not divided: the process did the work of hours elsewhere."""
    count = writes(figures.rest)
    if figures.rest_speed > 1:
        return [("at rest: Kubernetes writes", f"{count}")]
    return [
        ("at rest: Kubernetes writes a minute", f"{count / figures.rest_seconds * 60:.1f}"),
        ("at rest: CPU", f"{100 * figures.rest.cpu_seconds / figures.rest_seconds:.1f} %"),
    ]


def _restart_seen(figures: Figures) -> str:
    if figures.restart_seen is None:
        return f"not all within {figures.restart_limit:g} s"
    return f"{figures.restart_seen:.1f} s"


def writes(counted: Counted) -> int:
    """Without Events and the Lease."""
    return sum(count for what, count in counted.kubernetes_writes.items() if what not in ("events", "leases"))


def table(results: list[Figures], *, conditions: str, creating_seconds: float = CREATING_SECONDS) -> str:
    """`conditions`: the controller's own sentence on how it rested and restarted."""
    header = ["", *(f"{figures.endpoints:,} endpoints" for figures in results)]
    columns = [rows(figures) for figures in results]
    lines = [
        "| " + " | ".join(header) + " |",
        "|" + "---|" * len(header),
        *(
            "| " + " | ".join([name, *(column[index][1] for column in columns)]) + " |"
            for index, (name, _) in enumerate(columns[0])
        ),
    ]
    lines += [
        "",
        f"sim-null images; AWS answers in {LATENCY_MS['mean']} ± {LATENCY_MS['spread']} ms; "
        f"Creating {creating_seconds:g} s + 0-{CREATING_SPREAD_SECONDS:g} s. {conditions}",
    ]
    return "\n".join(lines)


def write(results: list[Figures], path: Path, *, conditions: str, creating_seconds: float) -> None:
    """As JSON, with machine, date and the conditions."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": platform.platform(), "python": platform.python_version()},
        "creating_seconds": creating_seconds,
        "conditions": conditions,
        "results": [asdict(figures) for figures in results],
    }
    path.write_text(json.dumps(content, indent=1))
