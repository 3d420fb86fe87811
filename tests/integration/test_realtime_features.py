"""What a real-time endpoint can be given beside an image and a model, as SageMaker itself is asked for it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from devworld.environment import ACCOUNT, REGION
from devworld.settings import PROJECT
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.predictions import ask, model_of, predicted
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, XGBOOST_IMAGE, Spec, count, field, instance_type, version

ROUNDS = 12
XGBOOST = {"name": "xgboost", "version": "1.7-1"}
PACKAGE = PROJECT / "operator" / "endpoint_operator"


def artifact(world: Scene) -> str:
    return world.shared.put_artifact(f"{world.namespace}/model.tar.gz", model_of(ROUNDS).as_artifact())


def container(**members: Any) -> Spec:
    return field(containers=[members])


def model(world: Scene, endpoint: Endpoint) -> dict[str, Any]:
    """The one that serves."""
    config = world.sagemaker.config(str(endpoint.status["endpoint"]["configName"]))
    return world.sagemaker.model(config["ProductionVariants"][0]["ModelName"])


def variant(world: Scene, endpoint: Endpoint) -> dict[str, Any]:
    """Of the config that serves."""
    config = world.sagemaker.config(str(endpoint.status["endpoint"]["configName"]))
    [found] = config["ProductionVariants"]
    return dict(found)


def answers_as_its_model(world: Scene, endpoint: Endpoint) -> bool:
    return ask(world, endpoint.sagemaker_name).value == pytest.approx(predicted(ROUNDS), abs=1e-6)


def test_the_image_of_a_framework_is_found_and_said(world: Scene) -> None:
    endpoint = world.given(container(framework=XGBOOST, modelData={"s3Uri": artifact(world)})).settles()
    assert model(world, endpoint)["PrimaryContainer"]["Image"] == XGBOOST_IMAGE
    [image] = endpoint.status["revisions"][-1]["resolved"]["images"]
    assert (image["container"], image["image"]) == ("spec.containers[0]", XGBOOST_IMAGE)
    assert endpoint.status["variants"][0]["images"][0]["specifiedImage"] == XGBOOST_IMAGE
    assert answers_as_its_model(world, endpoint)


def test_a_framework_version_that_aws_does_not_have_is_said_with_those_that_there_are(world: Scene) -> None:
    with world.records_calls() as calls:
        endpoint = world.given(container(framework={"name": "xgboost", "version": "1.6-1"}))
        sentence = endpoint.comes_to("Stalled")
    assert sentence.startswith("spec.containers[0].framework")
    assert "1.7-1" in sentence
    assert calls.that_change_anything() == []


def test_an_operator_that_knows_another_image_for_a_framework_rolls_nothing_that_serves(
    world: Scene, tmp_path: Path
) -> None:
    framework = container(framework=XGBOOST, modelData={"s3Uri": artifact(world)})
    old = world.given(framework, name="old").settles()
    newer = _operator_with_tag(tmp_path, "1.7-1-rebuilt")
    with world.operator.started_with(variables={"PYTHONPATH": str(newer)}):
        with world.records_calls() as calls:
            old.ask_to_look("with the new operator")
            world.operator_looks(3)
            old.edit(count(2)).settles()
        assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"]
        assert model(world, old)["PrimaryContainer"]["Image"] == XGBOOST_IMAGE
        new = world.given(framework, name="new").settles()
        assert model(world, new)["PrimaryContainer"]["Image"].endswith(":1.7-1-rebuilt")


def test_a_model_package_serves_once_it_is_approved(world: Scene) -> None:
    sagemaker = world.boto3("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName=world.namespace, ModelPackageGroupDescription="a test")
    arn = sagemaker.create_model_package(
        ModelPackageGroupName=world.namespace,
        InferenceSpecification={
            "Containers": [{"Image": XGBOOST_IMAGE, "ModelDataUrl": artifact(world)}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    endpoint = world.given(container(modelPackageArn=arn))
    assert endpoint.stalls("ModelPackageNotApproved").startswith("spec.containers[0].modelPackageArn")
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    endpoint.settles()
    assert model(world, endpoint)["PrimaryContainer"]["ModelPackageName"] == arn
    assert answers_as_its_model(world, endpoint)


def test_uncompressed_model_data_serves_as_it_lies_in_s3(world: Scene) -> None:
    raw = bytes(model_of(ROUNDS).booster.save_raw("ubj"))
    uri = world.shared.put_artifact(f"{world.namespace}/raw/xgboost-model", raw)
    data = {"s3Uri": uri.removesuffix("xgboost-model"), "compression": "None"}
    endpoint = world.given(container(image=XGBOOST_IMAGE, modelData=data)).settles()
    assert "ModelDataUrl" not in model(world, endpoint)["PrimaryContainer"]
    assert answers_as_its_model(world, endpoint)


def test_containers_run_in_the_subnets_that_are_named(world: Scene) -> None:
    ec2 = world.boto3("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.8.{number}.0/24")["Subnet"]["SubnetId"] for number in (1, 2)]
    group = ec2.create_security_group(GroupName=world.namespace, Description="d", VpcId=vpc)["GroupId"]
    network = {"subnetIds": subnets, "securityGroupIds": [group], "isolation": True}
    endpoint = world.given(field(network=network)).settles()
    made = model(world, endpoint)
    assert made["VpcConfig"] == {"Subnets": subnets, "SecurityGroupIds": [group]}
    assert made["EnableNetworkIsolation"] is True


def test_volumes_are_encrypted_with_the_key_that_is_named(world: Scene) -> None:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11112222-3333-4444-5555-666677778888"
    endpoint = world.given(field(kmsKeyId=key)).settles()
    config = world.sagemaker.config(str(endpoint.status["endpoint"]["configName"]))
    assert config["KmsKeyId"] == key


def test_overrides_reach_the_calls_that_have_no_field_for_them(world: Scene) -> None:
    overrides = {"endpoint": {"DeploymentConfig": {"RollingUpdatePolicy": {"RollbackMaximumBatchSize": _instances(2)}}}}
    rolling = {"strategy": "Rolling", "step": {"instances": 2}, "waitSeconds": 0}
    endpoint = world.given(
        container(image=FAST_IMAGE, overrides={"ImageConfig": {"RepositoryAccessMode": "Platform"}}),
        field(rollout=rolling, overrides=overrides, instance={"count": 4, "overrides": {"EnableSSMAccess": True}}),
    ).settles()
    assert model(world, endpoint)["PrimaryContainer"]["ImageConfig"] == {"RepositoryAccessMode": "Platform"}
    assert variant(world, endpoint)["EnableSSMAccess"] is True
    endpoint.edit(field(redeploy="again")).settles()
    live = world.sagemaker.endpoint(endpoint.sagemaker_name)
    assert live is not None
    policy = live["LastDeploymentConfig"]["RollingUpdatePolicy"]
    assert (policy["MaximumBatchSize"], policy["RollbackMaximumBatchSize"]) == (_instances(2), _instances(2))


REFUSED_OVERRIDES: dict[str, Spec] = {
    "spec.overrides.endpoint.EndpointName": field(overrides={"endpoint": {"EndpointName": "mine"}}),
    "spec.overrides.model.Tags": field(overrides={"model": {"Tags": []}}),
    "spec.overrides.model.ExecutionRoleArn": field(overrides={"model": {"ExecutionRoleArn": "arn:aws:iam::1:role/x"}}),
    "spec.overrides.endpointConfig.KmsKeyId": field(overrides={"endpointConfig": {"KmsKeyId": "mine"}}),
    "spec.overrides.model.VpcConfig": field(overrides={"model": {"VpcConfig": {"Subnets": []}}}),
    "spec.containers[0].overrides.ModelDataUrl": container(image=FAST_IMAGE, overrides={"ModelDataUrl": "s3://a/b"}),
    "spec.containers[0].overrides.Image": container(image=FAST_IMAGE, overrides={"Image": "mine:1"}),
}


@pytest.mark.parametrize(("path", "spec"), REFUSED_OVERRIDES.items(), ids=list(REFUSED_OVERRIDES))
def test_overrides_of_what_has_a_field_are_refused_with_their_path(world: Scene, path: str, spec: Spec) -> None:
    with world.records_calls() as calls:
        sentence = world.given(spec).stalls("OverrideNotAllowed")
    assert sentence.startswith(f"{path} may not be overridden: ")
    assert calls.that_change_anything() == []


def test_another_pool_takes_the_variant_when_there_is_no_capacity_of_the_first(world: Scene) -> None:
    world.simulator.configure(noCapacity=["ml.c5.2xlarge"])
    pools = [{"type": "ml.c5.2xlarge", "priority": 1}, {"type": "ml.c5.xlarge", "priority": 2}]
    try:
        endpoint = world.given(instance_type("ml.c5.2xlarge"), field(instance={"count": 2, "pools": pools})).settles()
    finally:
        world.simulator.configure(noCapacity=[])
    live = world.sagemaker.endpoint(endpoint.sagemaker_name)
    assert live is not None
    [shown] = live["ProductionVariants"]
    counts = {pool["InstanceType"]: pool["CurrentInstanceCount"] for pool in shown["InstancePools"]}
    assert counts == {"ml.c5.2xlarge": 0, "ml.c5.xlarge": 2}
    assert endpoint.status["instanceCount"] == 2
    assert endpoint.status["variants"][0]["instancePools"] == {"ml.c5.xlarge": 2}
    assert endpoint.condition("Ready")["message"].endswith("serves on 2 × ml.c5.xlarge")
    assert endpoint.status["cost"]["hourlyUSD"] == "0.408", "what runs is what is paid"


def test_the_cost_is_what_the_instances_cost_and_follows_their_count(world: Scene) -> None:
    endpoint = world.given(instance_type("ml.m5.xlarge"), count(2)).settles()
    assert _cost(world) == "0.46"
    cost = endpoint.status["cost"]
    assert cost["source"] in ("PriceList", "Bundled")
    assert cost["asOf"]
    endpoint.edit(count(3)).settles()
    assert _cost(world) == "0.69"
    endpoint.edit(field(stopped=True)).settles()
    assert "cost" not in endpoint.status


def test_the_price_of_the_price_list_is_taken_before_the_bundled_one(world: Scene) -> None:
    """It is asked for in the first pass and there in a later one."""
    scarce = "ml.c5.2xlarge"
    endpoint = world.given(instance_type(scarce)).settles()
    endpoint.edit(count(2)).settles()
    world.until(lambda: endpoint.status["cost"]["source"] == "PriceList", "the price list's price")


def test_both_fleets_of_a_rollout_are_paid(world: Scene) -> None:
    canary = {"strategy": "Canary", "step": {"percent": 50}, "waitSeconds": 3600}
    endpoint = world.given(instance_type("ml.m5.xlarge"), count(2), field(rollout=canary)).settles()
    with world.unhurried():
        endpoint.edit(version(2))
        # SageMaker counts the instances of the new fleet as they begin to serve: one of two while the canary bakes.
        world.until(lambda: endpoint.status.get("cost", {}).get("hourlyUSD") == "0.69", "both fleets in the cost")
    world.simulator.advance(seconds=3600)
    endpoint.settles()
    assert endpoint.status["cost"]["hourlyUSD"] == "0.46"


def _cost(world: Scene) -> str:
    """The column of kubectl get."""
    header, row = world.kubectl("get", "iep", "-n", world.namespace).splitlines()
    return row[header.index("COST/H") :].split()[0]


def _instances(number: int) -> dict[str, Any]:
    return {"Type": "INSTANCE_COUNT", "Value": number}


def _operator_with_tag(folder: Path, tag: str) -> Path:
    """The operator as it is, but for the tag of one image in its catalogue; what PYTHONPATH must name."""
    package = folder / PACKAGE.name
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    catalogue = package / "catalogue" / "images.jsonl"
    lines = catalogue.read_text(encoding="utf-8").splitlines()
    changed = [_with_tag(line, tag) if line.startswith('{"name":"xgboost"') else line for line in lines]
    assert changed != lines
    catalogue.write_text("\n".join(changed) + "\n", encoding="utf-8")
    return folder


def _with_tag(line: str, tag: str) -> str:
    document = json.loads(line)
    rows = document["scopes"]["inference"]["versions"][XGBOOST["version"]]
    for row in rows:
        row[-1] = dict.fromkeys(row[-1], tag)
    return json.dumps(document, separators=(",", ":"))
