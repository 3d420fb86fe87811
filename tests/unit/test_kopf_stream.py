import asyncio
import threading
from typing import Any

import kopf
import pytest

from endpoint_operator.kube import kopf_stream
from endpoint_operator.kube.kopf_stream import KopfStream


def test_a_kopf_that_does_not_end_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = kopf.run_tasks

    async def ended_and_waiting(*arguments: Any, **options: Any) -> None:
        await ended(*arguments, **options)
        await asyncio.Event().wait()

    monkeypatch.setattr(kopf, "run_tasks", ended_and_waiting)
    monkeypatch.setattr(kopf_stream, "_END_WITHIN_SECONDS", 1.0)
    stop = threading.Event()
    stop.set()
    with pytest.raises(TimeoutError, match="kopf did not end"):
        KopfStream(namespaces=(), stop=stop, ready=threading.Event()).run()
