"""The figures of InferenceModels as a table for people and as JSON for comparisons."""

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.bench.counters import Counted
from tests.bench.models import ModelFigures
from tests.bench.report import percentile, writes
from tests.bench.scenario import LATENCY_MS

# One shows a thousand models, the other is about a bucket; every other call of these services is about one model.
_OF_MANY: Final = ("s3:ListObjectsV2", "s3:HeadBucket")
_SERVICES_OF_MODELS: Final = ("s3", "sagemaker-runtime")


def about_models(counted: Counted) -> dict[str, int]:
    """Calls that are each about one model, by operation."""
    return {
        operation: count
        for operation, count in counted.aws_calls.items()
        if operation.split(":")[0] in _SERVICES_OF_MODELS and operation not in _OF_MANY
    }


def writes_of_models(counted: Counted) -> int:
    """To InferenceModels and their status."""
    return sum(count for what, count in counted.kubernetes_writes.items() if what.startswith("inferencemodels"))


def rows(figures: ModelFigures) -> list[tuple[str, str]]:
    size = figures.models
    waits = figures.apply_to_ready
    return [
        ("all published", f"{figures.all_ready:.1f} s"),
        ("after the last was applied", f"{figures.all_ready - figures.applying:.1f} s"),
        ("apply → Ready p50, p99", f"{percentile(waits, 0.5):.2f}, {percentile(waits, 0.99):.2f} s"),
        *_done("publishing", figures.publishing, size),
        ("publishing: other AWS calls", _told(_others(figures.publishing))),
        *_rest(figures),
        ("restart: all seen after", "not" if figures.restart_seen is None else f"{figures.restart_seen:.1f} s"),
        ("restart: AWS calls", _told(figures.restart.aws_calls)),
        ("restart: Kubernetes writes", f"{writes(figures.restart)}"),
        ("restart: CPU seconds", f"{figures.restart.cpu_seconds:.1f}"),
        ("restart: RSS, at most", _rss(figures.restart)),
        ("all deleted", f"{figures.all_gone:.1f} s"),
        *_done("deleting", figures.deleting, size),
    ]


def _done(what: str, counted: Counted, size: int) -> list[tuple[str, str]]:
    calls = about_models(counted)
    beside = writes(counted) - writes_of_models(counted)
    return [
        (f"{what}: AWS calls a model", f"{sum(calls.values()) / size:.2f}: {_told(calls)}"),
        (f"{what}: Kubernetes writes a model", f"{writes_of_models(counted) / size:.2f}; {beside} to other objects"),
        (f"{what}: Events a model", f"{counted.kubernetes_writes.get('events', 0) / size:.2f}"),
        (f"{what}: CPU seconds", f"{counted.cpu_seconds:.1f}"),
        (f"{what}: RSS, at most", _rss(counted)),
    ]


def _rest(figures: ModelFigures) -> list[tuple[str, str]]:
    minutes = figures.rest_seconds * figures.rest_speed / 60
    per_minute = {operation: count / minutes for operation, count in figures.rest.aws_calls.items()}
    told = ", ".join(f"{operation} {count:.2f}" for operation, count in per_minute.items())
    return [
        ("at rest: AWS calls a minute", f"{sum(per_minute.values()):.1f}: {told}"),
        (
            "at rest: AWS calls a model and minute",
            f"{sum(about_models(figures.rest).values()) / minutes / figures.models:g}",
        ),
        ("at rest: Kubernetes writes", f"{writes(figures.rest)}"),
        ("at rest: RSS, at most", _rss(figures.rest)),
    ]


def _others(counted: Counted) -> dict[str, int]:
    """What the fleet's being looked at took meanwhile."""
    return {name: count for name, count in counted.aws_calls.items() if name not in about_models(counted)}


def _rss(counted: Counted) -> str:
    return f"{counted.rss_mib:.0f}, {counted.peak_rss_mib:.0f} MiB"


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def table(figures: ModelFigures, *, conditions: str) -> str:
    """`conditions`: on how the operator rested and restarted."""
    head = f"{figures.models:,} models beside {figures.beside:,} endpoints"
    lines = [f"| | {head} |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows(figures))]
    lines += [
        "",
        f"sim-null image; a source of its own for each model; no warm-ups; AWS answers in {LATENCY_MS['mean']} ± "
        f"{LATENCY_MS['spread']} ms. {conditions}",
    ]
    return "\n".join(lines)


def write(figures: ModelFigures, path: Path, *, conditions: str) -> None:
    """As JSON, with machine, date and the conditions."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": platform.platform(), "python": platform.python_version()},
        "conditions": conditions,
        "result": asdict(figures),
    }
    path.write_text(json.dumps(content, indent=1))
