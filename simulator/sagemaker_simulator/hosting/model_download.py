"""The download of a model as a step that either succeeds or has SageMaker's words for why it did not."""

import asyncio
from pathlib import Path

from sagemaker_simulator.hosting import failure_reasons
from sagemaker_simulator.hosting.container_order import ContainerOrder
from sagemaker_simulator.hosting.contract import FleetFailed
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.model_artifact import BrokenArchiveError, FetchObject, unpack


async def download_model(order: ContainerOrder, *, into: Path, fetch_object: FetchObject, limits: Limits) -> None:
    """Put the model's files into an existing folder; without a model it stays empty. Raises FleetFailed."""
    url = order.container.model_data_url
    if url is None:
        return
    seconds = order.variant.download_timeout_seconds or limits.download_seconds
    name = order.download_name
    try:
        async with asyncio.timeout(seconds):
            archive = await fetch_object(url, account=order.fleet.account, region=order.fleet.region)
            await unpack(archive, into=into)
    except KeyError as error:
        raise FleetFailed(failure_reasons.download_failed(name, url)) from error
    except BrokenArchiveError as error:
        raise FleetFailed(failure_reasons.archive_broken(name, url, why=str(error))) from error
    except TimeoutError as error:
        raise FleetFailed(failure_reasons.download_took_too_long(name, url, seconds=seconds)) from error
