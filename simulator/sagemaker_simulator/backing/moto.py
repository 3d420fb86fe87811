"""Moto's WSGI application, called in this process on one thread, because its backends have no locks.

Only public seams of moto are used: DomainDispatcherApplication, create_backend_app, get_account_id_from and the
backends. moto is process-wide: one process holds one simulator.
"""

import asyncio
import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, TypeVar
from urllib.parse import quote, unquote

from moto.iam.models import get_account_id_from
from moto.moto_api._internal import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sagemaker_simulator.wire.request import Incoming, Reply

from .error_codes import error_code

T = TypeVar("T")
SERVICES = frozenset({"s3", "sts", "iam", "sns", "sqs", "events", "ec2", "kms"})
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "server", "date"})
INTERNAL_KEY = "AKIAINTERNALSIMULATE"  # signs requests that the simulator makes itself; moto checks no signature


class Moto:
    """The services that moto answers."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="moto")
        self._application: Callable[..., Iterable[bytes]] | None = None

    async def start(self) -> None:
        """Make the application and empty the backends, which are the process's."""
        await self.run(self._load)

    async def run(self, work: Callable[[], T]) -> T:
        """Do `work` on moto's thread, where no request is under way."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def answer(self, request: Incoming, *, check: Callable[[], None] | None = None) -> Reply:
        """Return moto's answer to a request; of S3, the bucket is in its path.

        `check` runs right before, with nothing in between.
        """

        def checked() -> Reply:
            if check is not None:
                check()
            return self._call(request)

        return await self.run(checked)

    async def reset(self) -> None:
        await self.run(_reset)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def account_of(access_key: str | None) -> str:
        """Return the account of a key: the one that moto's IAM or STS gave it out for, else 123456789012."""
        return str(get_account_id_from(access_key or ""))

    async def fetch(self, url: str, *, account: str, region: str) -> bytes:
        """Return the bytes of an s3:// object. Raises KeyError when there is none, OSError when moto answers oddly."""
        bucket, _, key = url.removeprefix("s3://").partition("/")
        scope = f"AWS4-HMAC-SHA256 Credential={INTERNAL_KEY}/20000101/{region}/s3/aws4_request"
        request = Incoming(
            method="GET",
            raw_path=quote(f"/{bucket}/{key}"),
            query_string="",
            headers={"Host": "localhost", "Authorization": scope, "x-moto-account-id": account},
            body_file=io.BytesIO(),
            body_length=0,
        )
        reply = await self.run(lambda: self._call(request))
        if reply.status == 404:
            raise KeyError(url)
        if reply.status != 200:
            raise OSError(f"S3 answered {reply.status} for {url}")
        return reply.body

    def _load(self) -> None:
        self._application = DomainDispatcherApplication(create_backend_app)
        _reset()

    def _call(self, request: Incoming) -> Reply:
        if self._application is None:
            raise RuntimeError("moto is not started: call start() first")
        head: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
            head["status"] = int(status.split(" ", 1)[0])
            head["headers"] = {name: value for name, value in headers if name.lower() not in _HOP_BY_HOP}

        body = b"".join(self._application(_environment(request), start_response))
        return Reply(status=head["status"], body=body, headers=head["headers"], error=_error_code(head["status"], body))


def _environment(request: Incoming) -> dict[str, Any]:
    stream: IO[bytes] = request.body_file
    stream.seek(0)
    uri = request.raw_path + (f"?{request.query_string}" if request.query_string else "")
    environment: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(request.raw_path, "latin-1"),
        "QUERY_STRING": request.query_string,
        "RAW_URI": uri,
        "REQUEST_URI": uri,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": stream,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH", "TRANSFER_ENCODING"):
            environment[f"HTTP_{key}"] = value
    environment["CONTENT_LENGTH"] = str(request.body_length)
    if "Content-Type" in request.headers:
        environment["CONTENT_TYPE"] = request.headers["Content-Type"]
    return environment


def _error_code(status: int, body: bytes) -> str | None:
    """Return the error code in moto's answer, for the log of calls."""
    return error_code(body) or str(status) if status >= 400 else None


def _reset() -> None:
    moto_api_backend.reset()
