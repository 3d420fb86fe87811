"""One request worked on: its input out of S3, to the container, the answer into S3. Judges nothing but this one."""

import time
from collections.abc import Awaitable
from typing import IO, Protocol

from sagemaker_simulator.hosting.contract import ContainerTimedOut, Fleet
from sagemaker_simulator.hosting.file_exchange import FileAnswer, FileInvocation
from sagemaker_simulator.wire.request import new_body_file

from .async_metrics import Took
from .async_request import OCTET_STREAM, AsyncRequest, Ending, Result
from .notification import INLINE_BYTES

_NO_CHOICE = "binary/octet-stream"  # what S3 itself gives an object that came without a type
INPUT_BYTES = 1024**3  # "payload sizes up to 1GB" ("Asynchronous inference", SageMaker Developer Guide)


class Store(Protocol):
    """`backing.object_files.ObjectFiles`."""

    def fetch(self, url: str, *, account: str, region: str, into: IO[bytes]) -> Awaitable[tuple[int, str | None]]:
        """The length in bytes and the content type.

        Raises KeyError when there is no such object, OSError with a sentence when S3 does not give it.
        """
        ...

    def put(
        self, url: str, content: IO[bytes], *, account: str, region: str, content_type: str, kms_key: str | None
    ) -> Awaitable[None]:
        """Raises OSError with a sentence when S3 does not take it."""
        ...


class Worker:
    """Works on requests with a bounded memory: what is long lies in files."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def work(self, request: AsyncRequest, fleet: Fleet, variant: str, took: Took) -> Result:
        """Return how it ended, with everything stored that there is. Raises ConnectionError when the server is gone."""
        with new_body_file() as body, new_body_file() as answer_body:
            try:
                length, content_type = await self._download(request, body, took)
            except OSError as problem:
                return await self.fail(request, Result(ending=Ending.NOT_DOWNLOADED, reason=str(problem)), took)
            exchange = FileInvocation(
                body=body,
                body_length=length,
                content_type=request.content_type or _told_by_s3(content_type),
                accept=request.accept,
                headers=request.headers,
                answer_body=answer_body,
                seconds=request.timeout_seconds,
            )
            answer = await _ask(fleet, variant, exchange, took)
            if answer is None:
                return await self.fail(request, _timed_out(request), took)
            return await self._keep(request, answer, answer_body, took)

    async def fail(self, request: AsyncRequest, result: Result, took: Took, body: IO[bytes] | None = None) -> Result:
        """Store a failure, where there is a place for failures: the container's own words, else the reason."""
        if request.failure_location is None:
            return result
        with new_body_file() as reason:
            reason.write((result.reason or "").encode())
            content_type = result.content_type if body is not None else None
            try:
                await self._upload(
                    request.failure_location, body or reason, content_type or "text/plain", request, took
                )
            except OSError as problem:
                return Result(
                    ending=Ending.NOT_UPLOADED, reason=f"{result.reason} Nor was the failure stored: {problem}"
                )
        return result

    async def _download(self, request: AsyncRequest, into: IO[bytes], took: Took) -> tuple[int, str | None]:
        """Return the input's length and the content type that it has in S3. Raises OSError with a sentence."""
        if request.input_location is None:
            return into.write(request.inline_body or b""), None
        begun = time.perf_counter()
        try:
            length, content_type = await self._store.fetch(
                request.input_location, account=request.account, region=request.region, into=into
            )
        except KeyError:
            raise OSError(_not_downloaded(request, "there is no such object.")) from None
        except OSError as problem:
            raise OSError(_not_downloaded(request, f"{problem}.")) from None
        if length > INPUT_BYTES:
            raise OSError(_not_downloaded(request, f"it has {length} bytes, at most {INPUT_BYTES} are taken."))
        took.download = time.perf_counter() - begun
        return length, content_type

    async def _keep(self, request: AsyncRequest, answer: FileAnswer, body: IO[bytes], took: Took) -> Result:
        response = _short(body, answer.body_length)
        if not 200 <= answer.status < 300:
            failed = Result(
                ending=Ending.MODEL_FAILED,
                reason=_model_failed(answer.status),
                content_type=answer.content_type,
                response=response,
            )
            return await self.fail(request, failed, took, body if answer.body_length else None)
        try:
            await self._upload(request.output_location, body, answer.content_type, request, took)
        except OSError as problem:
            return await self.fail(request, Result(ending=Ending.NOT_UPLOADED, reason=f"ClientError: {problem}"), took)
        return Result(ending=Ending.COMPLETED, content_type=answer.content_type, response=response)

    async def _upload(self, url: str, content: IO[bytes], content_type: str, request: AsyncRequest, took: Took) -> None:
        begun = time.perf_counter()
        await self._store.put(
            url,
            content,
            account=request.account,
            region=request.region,
            content_type=content_type or OCTET_STREAM,
            kms_key=request.config.kms_key,
        )
        took.upload = time.perf_counter() - begun


def _told_by_s3(content_type: str | None) -> str:
    """Return what a request that names no type has: the object's own, where somebody gave it one.

    AWS's clients rely on it: the SageMaker Python SDK (`AsyncPredictor`) gives the type to S3 alone.
    """
    return OCTET_STREAM if content_type in (None, _NO_CHOICE) else content_type


async def _ask(fleet: Fleet, variant: str, invocation: FileInvocation, took: Took) -> FileAnswer | None:
    """Return the container's answer, None when its time was over."""
    begun = time.perf_counter()
    try:
        answer = await fleet.exchange(variant, invocation)
        took.status = answer.status
    except ContainerTimedOut:
        answer = None
    took.model = time.perf_counter() - begun
    return answer


def _not_downloaded(request: AsyncRequest, why: str) -> str:
    return f"ClientError: Unable to download {request.input_location}: {why}"


def _timed_out(request: AsyncRequest) -> Result:
    return Result(
        ending=Ending.MODEL_FAILED,
        reason=f"ClientError: Your invocation timed out after {request.timeout_seconds} seconds while waiting for a "
        "response from container primary. See the SageMaker Endpoint logs in your account for more information.",
    )


def _model_failed(status: int) -> str:
    """In SageMaker's words (awslabs/osml-model-runner)."""
    side = "client" if 400 <= status < 500 else "server"
    return (
        f"ClientError: Received {side} error ({status}) from model. "
        "See the SageMaker Endpoint logs in your account for more information."
    )


def _short(body: IO[bytes], length: int) -> bytes | None:
    if length > INLINE_BYTES:
        return None
    body.seek(0)
    return body.read()
