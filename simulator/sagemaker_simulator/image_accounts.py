"""AWS's own image accounts: their images exist without anybody having pushed them.

Source: the registry accounts in the SageMaker Python SDK's image_uri_config (us-east-1 and a few large regions), and
"Docker Registry Paths and Example Code" in the SageMaker documentation.
"""

import re

AWS_IMAGE_ACCOUNTS = frozenset(
    {
        "763104351884",  # deep learning containers: PyTorch, TensorFlow, Hugging Face, and Triton from 23.12 on
        "683313688378",  # XGBoost and scikit-learn, us-east-1
        "246618743249",  # XGBoost and scikit-learn, us-west-2
        "257758044811",  # XGBoost and scikit-learn, us-east-2
        "141502667606",  # XGBoost and scikit-learn, eu-west-1
        "492215442770",  # XGBoost and scikit-learn, eu-central-1
        "354813040037",  # XGBoost and scikit-learn, ap-northeast-1
        "366743142698",  # XGBoost and scikit-learn, ap-northeast-2
        "785573368785",  # Triton and Neo, us-east-1
        "301217895009",  # Triton and Neo, us-west-2
        "151534178276",  # Triton and Neo, ap-northeast-1
        "811284229777",  # built-in algorithms, us-east-1
        "382416733822",  # built-in algorithms (linear learner, k-means), us-east-1
    }
)
_ECR_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/.+")


def is_aws_image(image: str) -> bool:
    """Tell whether the image is in one of AWS's own accounts."""
    found = _ECR_IMAGE.fullmatch(image)
    return found is not None and found.group(1) in AWS_IMAGE_ACCOUNTS
