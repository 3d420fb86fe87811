"""Whether a part is ready is asked before and after every test: the answer must not grow with what the part holds."""

import http.server
import threading
import urllib.request
from pathlib import Path

from devworld import recipes
from devworld.settings import Settings
from tests.simulator.running import RunningSimulator
from tests.simulator.world import World


def test_a_simulator_that_holds_much_says_little_to_say_that_it_is_ready(tmp_path: Path) -> None:
    simulator = RunningSimulator(settings={})
    simulator.start()
    world = World(simulator.url)
    try:
        for number in range(20):
            datapoints = {"values": [1.0] * 500, "dimensions": {"Number": str(number)}, "unit": "None"}
            world.do("POST", "/metrics", {"namespace": "Much", "metricName": "of it", **datapoints})
        assert len(world.do("GET", "/state")["cloudwatch"]["metrics"]) >= 1
        with urllib.request.urlopen(simulator.url + path_asked(tmp_path), timeout=30) as answer:  # noqa: S310 - our own
            assert len(answer.read()) < 1000
    finally:
        world.close()
        simulator.stop()


def path_asked(directory: Path) -> str:
    """By whoever waits for a simulator to be ready."""
    asked: list[str] = []

    class Listens(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's word
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Listens) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        assert recipes.simulator(directory, Settings(), death_signal=None).answers((server.server_port,))
        server.shutdown()
    [path] = asked
    return path
