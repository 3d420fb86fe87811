"""The simulator's control API in Python's words: what it was asked, what it holds, how it is made to misbehave."""

import datetime
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote


class SimulatorError(Exception):
    """The simulator refused a control call; the text is its own."""


class SimulatorControl:
    """Values are those of the control API; see `sagemaker_simulator` for what each means."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def calls(self, *, since: int = 0) -> list[dict[str, Any]]:
        """What AWS services were asked, in order of arrival; `n` counts from 1, `since` is exclusive."""
        rows: list[dict[str, Any]] = self._ask("GET", f"/_sim/calls?since={since}")["calls"]
        return rows

    def state(self) -> dict[str, Any]:
        """Everything that there is, values as Describe answers them; of metrics only their names."""
        answer: dict[str, Any] = self._ask("GET", "/_sim/state?datapoints=false")
        return answer

    def add_fault(self, *, match: dict[str, str], **how: object) -> str:
        """The new fault's id. `how`: times, forSeconds or probability; error, delayMs, dropAnswer or hold."""
        return str(self._ask("POST", "/_sim/faults", {"match": match, **how})["id"])

    def faults(self) -> Any:
        """All, with how often each fired and how many answers it holds."""
        return self._ask("GET", "/_sim/faults")

    def end_faults(self, identifier: str | None = None) -> None:
        """Ends one, or all."""
        self._ask("DELETE", "/_sim/faults" if identifier is None else f"/_sim/faults/{quote(identifier, safe='')}")

    def next(self, endpoint: str, **how: object) -> None:
        """How the endpoint's transition under way, or else its next one, ends: result, failureReason, seconds."""
        self._ask("POST", f"/_sim/endpoints/{quote(endpoint, safe='')}/next", how)

    def now(self) -> datetime.datetime:
        """The simulated time."""
        return datetime.datetime.fromisoformat(self._ask("GET", "/_sim/clock")["time"])

    def advance(self, *, seconds: float) -> None:
        """Moves the simulated clock on."""
        self._ask("POST", "/_sim/clock", {"advanceSeconds": seconds})

    def scale(self, scale: float) -> None:
        """Simulated seconds per second from now on."""
        self._ask("POST", "/_sim/clock", {"scale": scale})

    def put_metric(self, **datapoints: object) -> None:
        """namespace, metricName, dimensions, values, unit: as if the service had emitted them now."""
        self._ask("POST", "/_sim/metrics", datapoints)

    def configure(self, **settings: object) -> None:
        """Merged into its settings: quotas, images, servers, staleSeconds, rateLimits, latencyMs."""
        self._ask("PUT", "/_sim/settings", settings)

    def reset(self) -> None:
        """Empty again."""
        self._ask("POST", "/_sim/reset")

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - our own http URL
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={} if body is None else {"Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise SimulatorError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}") from None
        return json.loads(text) if text else None
