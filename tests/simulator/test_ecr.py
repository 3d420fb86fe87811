"""ECR: which images there are, and what SageMaker says of the same images."""

import hashlib
from typing import Any

import pytest

from tests.simulator.world import ACCOUNT, ECR, NULL_IMAGE, REGION, World, refused

OTHER = "222222222222"
AWS_ACCOUNT = "683313688378"
DIGEST = "sha256:" + "ab" * 32


@pytest.fixture
def ecr(world: World) -> Any:
    world.settings(images=[f"{ECR}/churn:1", f"{ECR}/team/*:v?", f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/theirs:*"])
    client = world.client("ecr")
    yield client
    client.close()


def images(client: Any, repository: str, *image_ids: dict[str, str], **members: Any) -> tuple[list[Any], list[Any]]:
    answer = client.batch_get_image(repositoryName=repository, imageIds=list(image_ids), **members)
    return [image["imageId"] for image in answer["images"]], [each["failureCode"] for each in answer["failures"]]


def test_images_of_the_settings_are_there_with_a_digest_that_stays(ecr: Any) -> None:
    [[first], failures] = images(ecr, "churn", {"imageTag": "1"}, {"imageTag": "2"})
    assert (first["imageTag"], failures) == ("1", ["ImageNotFound"])
    assert first["imageDigest"].startswith("sha256:")
    assert images(ecr, "churn", {"imageTag": "1"}) == ([first], [])
    assert images(ecr, "churn", {"imageDigest": first["imageDigest"]}) == ([first], [])
    described = ecr.describe_images(repositoryName="churn", imageIds=[{"imageTag": "1"}])["imageDetails"]
    assert described == [
        {"registryId": ACCOUNT, "repositoryName": "churn", "imageDigest": first["imageDigest"], "imageTags": ["1"]}
    ]
    [[other], _] = images(ecr, "team/model", {"imageTag": "v1"})
    assert other["imageDigest"] != first["imageDigest"]


def test_the_digest_behind_a_tag_can_be_moved(world: World, ecr: Any) -> None:
    [[before], _] = images(ecr, "churn", {"imageTag": "1"})
    world.settings(imageDigests={f"{ECR}/churn:1": DIGEST})
    assert images(ecr, "churn", {"imageTag": "1"}) == ([{"imageTag": "1", "imageDigest": DIGEST}], [])
    assert images(ecr, "churn", {"imageDigest": before["imageDigest"]}) == ([], ["ImageNotFound"])
    both = {"imageTag": "1", "imageDigest": before["imageDigest"]}
    assert images(ecr, "churn", both) == ([], ["ImageTagDoesNotMatchDigest"])
    for bad in ({"churn": DIGEST}, {f"{ECR}/churn:1": "abc"}):
        status, answer = world.control("PUT", "/settings", {"imageDigests": bad})
        assert (status, "imageDigests." in answer["error"]) == (400, True)


def test_an_endpoint_shows_the_digest_that_ecr_has_when_it_is_made(world: World) -> None:
    world.given_endpoint()
    [variant] = world.describe()["ProductionVariants"]
    [deployed] = variant["DeployedImages"]
    assert deployed["ResolvedImage"] == f"{ECR}/sim-null@sha256:{hashlib.sha256(NULL_IMAGE.encode()).hexdigest()}"
    ecr = world.client("ecr")
    [[image], _] = images(ecr, "sim-null", {"imageTag": "1"})
    ecr.close()
    assert deployed["ResolvedImage"].endswith(f"@{image['imageDigest']}")
    world.settings(imageDigests={NULL_IMAGE: DIGEST})
    world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c1")
    world.finish("e2", "InService")
    shown = [world.describe(name)["ProductionVariants"][0]["DeployedImages"][0] for name in ("e1", "e2")]
    assert shown == [deployed, {**shown[1], "ResolvedImage": f"{ECR}/sim-null@{DIGEST}"}]


def test_what_is_not_there_is_refused_in_ecrs_words(ecr: Any) -> None:
    with refused(
        "RepositoryNotFoundException",
        f"The repository with name 'nope' does not exist in the registry with id '{ACCOUNT}'",
        status=400,
    ):
        ecr.batch_get_image(repositoryName="nope", imageIds=[{"imageTag": "1"}])
    with refused("ImageNotFoundException", "imageTag:'2'", "'churn'"):
        ecr.describe_images(repositoryName="churn", imageIds=[{"imageTag": "2"}])
    assert images(ecr, "churn", {}) == ([], ["MissingDigestAndTag"])
    assert images(ecr, "churn", {"imageDigest": "nonsense"}) == ([], ["InvalidImageDigest"])
    elsewhere = images_elsewhere(ecr)
    assert elsewhere == "RepositoryNotFoundException"


def images_elsewhere(ecr: Any) -> str:
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException) as caught:
        ecr.describe_repositories(repositoryNames=["unknown"])
    code: str = caught.value.response["Error"]["Code"]
    return code


def test_images_of_another_region_are_others(world: World, ecr: Any) -> None:
    assert images(ecr, "churn", {"imageTag": "1"})[1] == []
    elsewhere = world.client("ecr", region_name="eu-west-1")
    with refused("RepositoryNotFoundException"):
        images(elsewhere, "churn", {"imageTag": "1"})
    elsewhere.close()


def test_images_of_aws_can_be_pulled_by_everybody_and_described_by_nobody(ecr: Any) -> None:
    [[image], failures] = images(
        ecr, "sagemaker-xgboost", {"imageTag": "1.7-1"}, registryId=AWS_ACCOUNT, acceptedMediaTypes=["text/x"]
    )
    assert (image["imageTag"], failures) == ("1.7-1", [])
    with refused("AccessDeniedException", "ecr:DescribeImages on resource", AWS_ACCOUNT, "no resource-based policy"):
        ecr.describe_images(
            registryId=AWS_ACCOUNT, repositoryName="sagemaker-xgboost", imageIds=[{"imageTag": "1.7-1"}]
        )


def test_images_of_another_account_are_denied_when_they_are_there(ecr: Any) -> None:
    with refused(
        "AccessDeniedException",
        "is not authorized to perform: ecr:BatchGetImage on resource: "
        f"arn:aws:ecr:{REGION}:{OTHER}:repository/theirs because no resource-based policy allows",
        status=400,
    ):
        images(ecr, "theirs", {"imageTag": "1"}, registryId=OTHER)
    with refused("RepositoryNotFoundException", OTHER):
        images(ecr, "nope", {"imageTag": "1"}, registryId=OTHER)


def test_repositories_are_described_by_name_and_not_listed(ecr: Any) -> None:
    [repository] = ecr.describe_repositories(repositoryNames=["team/a"])["repositories"]
    assert repository["repositoryUri"] == f"{ECR}/team/a"
    assert repository["repositoryArn"] == f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/team/a"
    for call in (ecr.describe_repositories, lambda: ecr.describe_images(repositoryName="churn")):
        with refused("NotImplemented", "cannot be listed", status=501):
            call()
    with refused("NotImplemented", "CreateRepository is not modelled", status=501):
        ecr.create_repository(repositoryName="xx")
