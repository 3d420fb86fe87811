"""S3 requests that name the bucket in the host turned into ones that name it in the path, as moto is asked here."""

import ipaddress
from dataclasses import replace

from .request import Incoming

_OWN_HOSTS = frozenset({"localhost", "host.docker.internal"})
_AWS = ".amazonaws.com"


def path_style(request: Incoming) -> Incoming:
    """Return the request of S3 with the bucket in its path, and a host in which moto looks for none.

    Moto takes the first label of any host with a dot for a bucket; NAME.NAMESPACE.svc and an address have dots too.
    """
    host = request.headers.get("Host", "")
    bucket = bucket_in_host(host)
    if bucket is None and _without_port(host).endswith(_AWS):
        return request
    headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
    path = request.raw_path if bucket is None else f"/{bucket}{request.raw_path}"
    return replace(request, raw_path=path, headers={**headers, "Host": "localhost"})


def bucket_in_host(host: str) -> str | None:
    """Return the bucket of BUCKET.localhost and BUCKET.s3.REGION.amazonaws.com; None when the path must name it.

    botocore names the bucket in the path of any custom endpoint unless `addressing_style` is virtual; other SDKs do
    not. Names other than these two cannot be told from a host of several labels and are taken as the simulator's own.
    """
    name = _without_port(host)
    if name in _OWN_HOSTS or _is_address(name):
        return None
    if name.endswith(".localhost"):
        return name.removesuffix(".localhost")
    labels = name.split(".")
    place = next((index for index, label in enumerate(labels) if label == "s3" or label.startswith("s3-")), 0)
    return ".".join(labels[:place]) if place and name.endswith(_AWS) else None


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdigit() else host


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
