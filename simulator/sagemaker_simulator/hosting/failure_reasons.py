"""The sentences that SageMaker puts into FailureReason when a fleet cannot serve.

AWS publishes no list of them. The first four are quoted from where people met them: aws/sagemaker-python-sdk #2001 and
#1835 (images), aws-solutions-library-samples/fraud-detection-using-machine-learning #9 (download),
aws/deep-learning-containers #569 (archive), aws/sagemaker-python-sdk #101 and, for one container of several,
aws/amazon-sagemaker-examples #1072 (ping).
What begins with `simulator:` is ours.
"""


def images_missing(variant: str) -> str:
    return (
        f"Please make sure all images included in the model for the production variant {variant} exist, "
        "and that the execution role used to create the model has permissions to access them."
    )


def download_failed(container: str, url: str) -> str:
    return (
        f'Failed to download model data for container "{container}" from URL: "{url}". Please ensure that there is '
        "an object located at the URL and that the role passed to CreateModel has permissions to download the object."
    )


def archive_broken(container: str, url: str, *, why: str) -> str:
    return (
        f'Failed to extract model data archive for container "{container}" from URL "{url}". Please ensure that the '
        f"object located at the URL is a valid tar.gz archive. (simulator: {why})"
    )


def files_unusable(container: str, url: str, *, why: str) -> str:
    return (
        f'Failed to prepare uncompressed model data for container "{container}" from URL: "{url}". Please ensure that '
        f"the object keys under the URL can be used as file names. (simulator: {why})"
    )


def ping_failed(container: str, variant: str) -> str:
    return (
        f"The {container} for production variant {variant} did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint."
    )


def download_took_too_long(container: str, url: str, *, seconds: float) -> str:
    return f"{download_failed(container, url)} (simulator: not downloaded and unpacked within {seconds:g} s)"


def no_server(image: str) -> str:
    return f"simulator: no server is mapped for {image}"


def server_not_started(image: str, *, why: str) -> str:
    return f"simulator: the server mapped for {image} cannot be started: {why}"


def shutting_down() -> str:
    return "simulator: it is shutting down"
