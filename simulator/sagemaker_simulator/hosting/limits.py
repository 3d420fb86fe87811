"""SageMaker's limits on containers, all in real seconds, in one place and each with its source."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The defaults are SageMaker's; only tests have a reason to shorten them.

    Sources: SageMaker Developer Guide, "Custom Inference Code with Hosting Services" (invocation, ping, startup, stop);
    API reference, ProductionVariant (a variant's own startup and download time-outs, 60 to 3600).
    """

    invocation_seconds: float = 60.0
    # A streamed answer must have begun within the time of an invocation and have ended within this.
    stream_seconds: float = 480.0
    ping_seconds: float = 2.0
    startup_seconds: float = 240.0
    # How long a model of many may take to be downloaded and loaded, whether or not somebody still waits for it
    # ("Invoke a Multi-Model Endpoint").
    model_loading_seconds: float = 360.0
    # AWS names no default for the download: the longest that a variant may ask for.
    download_seconds: float = 3600.0
    # Between SIGTERM and SIGKILL.
    stop_grace_seconds: float = 30.0


SAGEMAKER_LIMITS = Limits()
