"""Application Auto Scaling's sentences for what it refuses, in the words that clients match on."""

from sagemaker_simulator.wire.errors import AwsError

from .records import PROVISIONED_CONCURRENCY, TargetKey


def validation(sentence: str) -> AwsError:
    return AwsError("ValidationException", sentence)


def no_target_registered(key: TargetKey) -> AwsError:
    """Return what policies and schedules on a target that is not there get."""
    return AwsError("ObjectNotFoundException", f"No scalable target registered for {_words(key)}")


def no_target_found(key: TargetKey) -> AwsError:
    return AwsError("ObjectNotFoundException", f"No scalable target found for {_words(key)}")


def no_policy_found(key: TargetKey, name: str) -> AwsError:
    return AwsError("ObjectNotFoundException", f"No scaling policy found for {_words(key)}, policy name: {name}")


def no_schedule_found(key: TargetKey, name: str) -> AwsError:
    return AwsError(
        "ObjectNotFoundException", f"No scheduled action found for {_words(key)}, scheduled action name: {name}"
    )


def no_variant(key: TargetKey) -> AwsError:
    """Return the refusal to register what SageMaker does not have; AWS does not publish its words."""
    found = f"No variant {key.variant} of SageMaker endpoint {key.endpoint} found"
    if key.scalable_dimension == PROVISIONED_CONCURRENCY:
        return validation(f"{found} that is serverless and has provisioned concurrency.")
    return validation(f"{found} that runs on instances.")


def resource_not_found(arn: str) -> AwsError:
    return AwsError(
        "ResourceNotFoundException", f"No scalable target found for ARN {arn}", fields={"ResourceName": arn}
    )


def invalid_token() -> AwsError:
    return AwsError("InvalidNextTokenException", "The NextToken is not valid.")


def _words(key: TargetKey) -> str:
    return f"service namespace: sagemaker, resource ID: {key.resource_id}, scalable dimension: {key.scalable_dimension}"
