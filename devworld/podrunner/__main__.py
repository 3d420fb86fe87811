"""`python -m devworld.podrunner`: runs Pods of packing Jobs until SIGTERM, in the cluster of KUBECONFIG."""

import argparse
import asyncio
import logging
import signal
from pathlib import Path

from devworld.podrunner.container import Machine
from devworld.podrunner.runner import PodRunner
from endpoint_operator.kube.api import KubeApi
from endpoint_operator.kube.connection import connect


async def main(machine: Machine, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    api_client = await connect()
    try:
        # Who started it knows by this port that it runs.
        async with await asyncio.start_server(_answer, "127.0.0.1", port):
            await PodRunner(KubeApi(api_client), machine).run(stop)
    finally:
        await api_client.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devworld.podrunner", description=__doc__)
    parser.add_argument("--image", required=True, help="image whose Pods are run")
    parser.add_argument("--aws-url", required=True, help="origin of the simulator")
    parser.add_argument("--folder", type=Path, required=True, help="for logs and mounted files")
    parser.add_argument("--port", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    given = _arguments()
    asyncio.run(main(Machine(image=given.image, aws_url=given.aws_url, folder=given.folder), given.port))
