"""How the hosting room is put together: the only function that the rest of the simulator calls to get one."""

from collections.abc import Callable, Mapping
from pathlib import Path

from sagemaker_simulator.hosting.container_output import FollowOutput
from sagemaker_simulator.hosting.contract import Hosting
from sagemaker_simulator.hosting.model_artifact import FetchObject
from sagemaker_simulator.hosting.model_download import ListObjects
from sagemaker_simulator.hosting.process_hosting import ProcessHosting
from sagemaker_simulator.hosting.server_command import ServerCommand
from sagemaker_simulator.multi_model.instance_limits import LimitsOf
from sagemaker_simulator.multi_model.model_event import TellModelEvent

__all__ = ["FetchObject", "ServerCommand", "build_hosting"]


def build_hosting(
    *,
    fetch_object: FetchObject,
    list_objects: ListObjects,
    servers: Callable[[], Mapping[str, ServerCommand]],
    image_present: Callable[[str], bool],
    work_directory: Path,
    follow_output: FollowOutput,
    instance_limits: LimitsOf,
    tell_model_event: TellModelEvent,
) -> Hosting:
    """Hosting on local processes.

    `fetch_object(url, account=..., region=...)` answers an S3 object's bytes and raises KeyError when there is none;
    `list_objects(url, account=..., region=...)` answers the keys under an S3 prefix;
    `servers()` answers the setting of that name as it is now; `image_present(image)` says whether ECR has the image.
    `follow_output` is told of every server process and of the file that it prints to; `tell_model_event` of what
    containers of many models do with them, within `instance_limits(type, volume)`.
    Model files and server logs live under `work_directory`, which is made. Call from the event loop's main thread:
    server processes are bound to the life of the thread that starts them.
    """
    return ProcessHosting(
        fetch_object=fetch_object,
        list_objects=list_objects,
        servers=servers,
        image_present=image_present,
        work_directory=work_directory,
        follow_output=follow_output,
        instance_limits=instance_limits,
        tell_model_event=tell_model_event,
    )
