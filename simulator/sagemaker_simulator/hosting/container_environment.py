"""The environment that SageMaker gives a container, for a process that is none.

Sources: SageMaker Developer Guide, "Custom Inference Code with Hosting Services" (port, model folder) and "Required
configuration for multi-container endpoints" (SAGEMAKER_BIND_TO_PORT, SAGEMAKER_SAFE_PORT_RANGE); "Build your own
container for SageMaker AI multi-model endpoints" (SAGEMAKER_MULTI_MODEL).
"""

import os
from collections.abc import Mapping

from sagemaker_simulator.hosting.port_block import PortBlock

# A container inherits nothing. These are what a program needs from the machine to run at all; credentials and
# addresses of clusters (AWS_*, KUBECONFIG) are not among them.
_FROM_THE_MACHINE = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


def container_environment(
    *,
    image_env: Mapping[str, str],
    model_environment: Mapping[str, str],
    ports: PortBlock,
    region: str,
    model_directory: str,
    many_models: bool = False,
) -> dict[str, str]:
    """All variables of one server process: the machine's few, the image's, the platform's, the model's, the port.

    The model's Environment wins over everything but the ports, on which two servers would collide, and how many models
    the container has.
    """
    several = {"SAGEMAKER_MULTI_MODEL": "true"} if many_models else {}
    return {
        **{name: os.environ[name] for name in _FROM_THE_MACHINE if name in os.environ},
        **image_env,
        "SM_MODEL_DIR": model_directory,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        **model_environment,
        "SAGEMAKER_BIND_TO_PORT": str(ports.server_port),
        "SAGEMAKER_SAFE_PORT_RANGE": ports.safe_range,
        **several,
    }
