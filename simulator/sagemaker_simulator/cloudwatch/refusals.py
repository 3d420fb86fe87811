"""CloudWatch's errors, by the codes that its query protocol has always had and that SDKs match on."""

from sagemaker_simulator.wire.errors import AwsError


def invalid_value(parameter: str, value: object) -> AwsError:
    return AwsError("InvalidParameterValue", f"The value {value} for parameter {parameter} is invalid.")


def invalid_combination(sentence: str) -> AwsError:
    return AwsError("InvalidParameterCombination", sentence)


def missing_parameter(parameter: str) -> AwsError:
    return AwsError("MissingParameter", f"The parameter {parameter} is required.")


def validation_error(sentence: str) -> AwsError:
    return AwsError("ValidationError", sentence)


def invalid_token() -> AwsError:
    return AwsError("InvalidNextToken", "The NextToken is not valid.")


def alarm_not_found(name: str) -> AwsError:
    return AwsError("ResourceNotFound", f"Unknown alarm {name}", status=404)


def resource_not_found(arn: str) -> AwsError:
    return AwsError(
        "ResourceNotFoundException",
        f"Unknown resource {arn}",
        status=404,
        fields={"ResourceType": "Alarm", "ResourceId": arn},
    )
