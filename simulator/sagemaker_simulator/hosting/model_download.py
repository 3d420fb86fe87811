"""The download of a model as a step that either succeeds or has SageMaker's words for why it did not."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sagemaker_simulator.hosting import failure_reasons
from sagemaker_simulator.hosting.container_order import ContainerOrder
from sagemaker_simulator.hosting.contract import FleetFailed, ModelDataForm
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.model_artifact import BrokenArchiveError, FetchObject, unpack
from sagemaker_simulator.hosting.model_files import (
    BadModelFilesError,
    path_of_object,
    path_under_prefix,
    write_files,
)


class ListObjects(Protocol):
    """Lists the keys under an s3:// prefix; empty when there are none."""

    def __call__(self, url: str, /, *, account: str, region: str) -> Awaitable[list[str]]: ...


@dataclass(frozen=True, kw_only=True)
class ModelStore:
    """S3, as far as a download needs it."""

    fetch_object: FetchObject
    list_objects: ListObjects


async def download_model(order: ContainerOrder, *, into: Path, store: ModelStore, limits: Limits) -> None:
    """Put the model's files into an existing folder; without a model it stays empty. Raises FleetFailed."""
    url = order.container.model_data_url
    if url is None:
        return
    seconds = order.variant.download_timeout_seconds or limits.download_seconds
    name = order.download_name
    try:
        async with asyncio.timeout(seconds):
            await _bring(order, url, into=into, store=store)
    except KeyError as error:
        raise FleetFailed(failure_reasons.download_failed(name, url)) from error
    except BrokenArchiveError as error:
        raise FleetFailed(failure_reasons.archive_broken(name, url, why=str(error))) from error
    except BadModelFilesError as error:
        raise FleetFailed(failure_reasons.files_unusable(name, url, why=str(error))) from error
    except TimeoutError as error:
        raise FleetFailed(failure_reasons.download_took_too_long(name, url, seconds=seconds)) from error


async def _bring(order: ContainerOrder, url: str, *, into: Path, store: ModelStore) -> None:
    """Raises KeyError when there is nothing at the URL, BrokenArchiveError, BadModelFilesError."""
    account, region = order.fleet.account, order.fleet.region
    form = order.container.model_data_form
    if form is ModelDataForm.PREFIX:
        await write_files(await _under(url, account=account, region=region, store=store), into=into)
        return
    content = await store.fetch_object(url, account=account, region=region)
    if form is ModelDataForm.OBJECT:
        await write_files({path_of_object(url): content}, into=into)
    else:
        await unpack(content, into=into)


async def _under(url: str, *, account: str, region: str, store: ModelStore) -> dict[str, bytes]:
    """Return the objects under a prefix by their path in the model folder. Raises KeyError when there are none."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    keys = await store.list_objects(url, account=account, region=region)
    if not keys:
        raise KeyError(url)
    return {
        path_under_prefix(key, prefix): await store.fetch_object(f"s3://{bucket}/{key}", account=account, region=region)
        for key in keys
    }
