"""The model registry, as far as hosting goes by it: versions, their approval, and the containers that they name."""

from typing import Any

from tests.simulator.fleets_world import IMAGE, answers, given_servers
from tests.simulator.world import ACCOUNT, REGION, ROLE, World, refused, variant

ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"


def given_version(world: World, name: str = "v", *, approval: str | None = None, **container: Any) -> str:
    """A new version of the package group churn, whose server says its name."""
    groups = world.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    if not groups:
        world.sagemaker.create_model_package_group(ModelPackageGroupName="churn", ModelPackageGroupDescription="a test")
    members: Any = {"ModelApprovalStatus": approval} if approval is not None else {}
    packaged: Any = {"Image": IMAGE, "Environment": {"NAME": name}, **container}
    arn: str = world.sagemaker.create_model_package(
        ModelPackageGroupName="churn",
        InferenceSpecification={
            "Containers": [packaged],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        **members,
    )["ModelPackageArn"]
    return arn


def given_model_of(world: World, package: str, **container: Any) -> None:
    packaged: Any = {"ModelPackageName": package, **container}
    world.sagemaker.create_model(ModelName="m1", ExecutionRoleArn=ROLE, PrimaryContainer=packaged)


def test_versions_count_up_and_wait_for_approval(world: World) -> None:
    first, second = given_version(world), given_version(world)
    assert (first, second) == (f"{ARN}:model-package/churn/1", f"{ARN}:model-package/churn/2")
    described = world.sagemaker.describe_model_package(ModelPackageName=second)
    assert (described["ModelPackageGroupName"], described["ModelPackageVersion"]) == ("churn", 2)
    assert (described["ModelPackageStatus"], described["ModelApprovalStatus"]) == ("Completed", "PendingManualApproval")
    assert described["InferenceSpecification"]["Containers"][0]["Image"] == IMAGE
    world.sagemaker.update_model_package(ModelPackageArn=first, ModelApprovalStatus="Approved")
    listed = world.sagemaker.list_model_packages(ModelPackageGroupName="churn", ModelApprovalStatus="Approved")
    assert [each["ModelPackageArn"] for each in listed["ModelPackageSummaryList"]] == [first]
    world.sagemaker.delete_model_package(ModelPackageName=second)
    assert given_version(world).endswith("/churn/3")


def test_an_approved_package_serves_with_its_image_and_environment(world: World) -> None:
    given_servers(world, "other")
    package = given_version(world, "packaged", approval="Approved")
    given_model_of(world, package)
    assert world.sagemaker.describe_model(ModelName="m1")["PrimaryContainer"]["ModelPackageName"] == package
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    assert answers(world, times=3) == {"packaged": 3}
    [image] = world.describe()["ProductionVariants"][0]["DeployedImages"]
    assert image["SpecifiedImage"] == IMAGE


def test_the_containers_own_environment_wins_over_the_packages(world: World) -> None:
    given_servers(world, "other")
    given_model_of(world, given_version(world, "packaged", approval="Approved"), Environment={"NAME": "own"})
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    assert answers(world, times=3) == {"own": 3}


def test_a_package_that_is_not_for_the_marketplace_may_say_so(world: World) -> None:
    packaged = {"Containers": [{"Image": IMAGE}], "SupportedContentTypes": [], "SupportedResponseMIMETypes": []}
    members: Any = {"ModelPackageName": "alone", "InferenceSpecification": packaged}
    with refused("NotImplemented", "CertifyForMarketplace", status=501):
        world.sagemaker.create_model_package(**members, CertifyForMarketplace=True)
    world.sagemaker.create_model_package(**members, CertifyForMarketplace=False)
    assert world.sagemaker.describe_model_package(ModelPackageName="alone")["CertifyForMarketplace"] is False


def test_a_package_that_is_not_approved_or_not_there_makes_no_model(world: World) -> None:
    world.given_role()
    waiting, rejected = given_version(world), given_version(world, approval="Rejected")
    with refused("ValidationException", waiting, "approval status is PendingManualApproval"):
        given_model_of(world, waiting)
    with refused("ValidationException", rejected, "approval status is Rejected"):
        given_model_of(world, rejected)
    with refused("ValidationException", f"ModelPackage {ARN}:model-package/churn/9 does not exist."):
        given_model_of(world, f"{ARN}:model-package/churn/9")


def test_groups_and_packages_have_tags_and_a_group_goes_only_when_it_is_empty(world: World) -> None:
    package = given_version(world)
    group = f"{ARN}:model-package-group/churn"
    for arn in (package, group):
        world.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "ml"}])
        assert world.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "ml"}]
    with refused("ValidationException", "still contains model packages"):
        world.sagemaker.delete_model_package_group(ModelPackageGroupName="churn")
    world.sagemaker.delete_model_package(ModelPackageName=package)
    world.sagemaker.delete_model_package_group(ModelPackageGroupName="churn")
    with refused("ValidationException", f"ModelPackageGroup {group} does not exist."):
        world.sagemaker.describe_model_package_group(ModelPackageGroupName="churn")


def test_what_the_registry_does_not_do_is_a_501_that_names_it(world: World) -> None:
    with refused("NotImplemented", "SourceAlgorithmSpecification", status=501):
        world.sagemaker.create_model_package(
            ModelPackageName="p", SourceAlgorithmSpecification={"SourceAlgorithms": [{"AlgorithmName": "a"}]}
        )


def test_a_model_in_a_vpc_or_cut_off_from_the_network_is_kept_as_asked_and_served(world: World) -> None:
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    world.given_model(VpcConfig=vpc, EnableNetworkIsolation=True)
    world.given_config(ProductionVariants=[variant()], KmsKeyId="alias/k")
    described = world.sagemaker.describe_model(ModelName="m1")
    assert (described["VpcConfig"], described["EnableNetworkIsolation"]) == (vpc, True)
    assert world.sagemaker.describe_endpoint_config(EndpointConfigName="c1")["KmsKeyId"] == "alias/k"
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
