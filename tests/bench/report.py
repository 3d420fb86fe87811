"""The figures as a table for people and as JSON for comparisons."""

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.counters import Counted
from tests.bench.scenario import LATENCY_MS, PERIODS, REST_SPEED, Figures


def percentile(values: list[float], share: float) -> float:
    """Nearest rank; values sorted."""
    return values[min(len(values) - 1, round(share * (len(values) - 1)))]


def rows(figures: Figures) -> list[tuple[str, str]]:
    size, speed = figures.endpoints, REST_SPEED
    rest_minutes = figures.rest_seconds * speed / 60
    return [
        ("all Ready", f"{figures.all_ready:.1f} s"),
        ("InService → Ready p50", f"{percentile(figures.in_service_to_ready, 0.5):.2f} s"),
        ("InService → Ready p99", f"{percentile(figures.in_service_to_ready, 0.99):.2f} s"),
        ("AWS calls an endpoint", f"{sum(figures.creating.aws_calls.values()) / size:.2f}"),
        ("Kubernetes writes an endpoint", f"{_writes(figures.creating) / size:.2f}"),
        ("Events an endpoint", f"{figures.creating.kubernetes_writes.get('events', 0) / size:.2f}"),
        ("CPU seconds", f"{figures.creating.cpu_seconds:.1f}"),
        ("RSS", f"{figures.creating.rss_mib:.0f} MiB"),
        ("at rest: AWS calls a minute", f"{sum(figures.rest.aws_calls.values()) / rest_minutes:.1f}"),
        ("at rest: Kubernetes writes", f"{_writes(figures.rest)}"),
        ("restart: all seen after", f"{figures.restart_seen:.1f} s"),
        ("restart: AWS calls", f"{sum(figures.restart.aws_calls.values())}"),
        ("restart: Kubernetes writes", f"{_writes(figures.restart)}"),
        ("restart: CPU seconds", f"{figures.restart.cpu_seconds:.1f}"),
        ("restart: RSS", f"{figures.restart.rss_mib:.0f} MiB"),
    ]


def _writes(counted: Counted) -> int:
    """Without Events and the Lease."""
    return sum(count for what, count in counted.kubernetes_writes.items() if what not in ("events", "leases"))


def table(results: list[Figures]) -> str:
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
    periods = ", ".join(f"{flag} {value:g}" for flag, value in PERIODS.items())
    lines += [
        "",
        f"sim-null images; AWS answers in {LATENCY_MS['mean']} ± {LATENCY_MS['spread']} ms; Creating 60 s + 0-30 s. "
        f"At rest and restart with {periods}; at rest all of them divided by {REST_SPEED:g} and counted back.",
    ]
    return "\n".join(lines)


def write(results: list[Figures], directory: Path) -> Path:
    """As JSON, with machine and date."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "endpoints.json"
    content = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": platform.platform(), "python": platform.python_version()},
        "results": [asdict(figures) for figures in results],
    }
    path.write_text(json.dumps(content, indent=1))
    return path
