"""The control API: the log of calls, state, decided endings, the clock, metrics, settings, reset."""

import itertools
from datetime import datetime

import pytest

from tests.simulator.world import ACCOUNT, ECR, REGION, World, refused

ESTATE = f"{ACCOUNT}/{REGION}"


def test_every_call_has_its_row_in_order_and_the_control_api_has_none(world: World) -> None:
    world.given_role()
    world.s3.create_bucket(Bucket="models")
    world.s3.put_object(Bucket="models", Key="a/b.tar.gz", Body=b"1")
    with refused("ValidationException"):
        world.sagemaker.describe_endpoint(EndpointName="e1")
    world.sagemaker.list_models()
    rows = world.calls()
    assert [(row["service"], row["operation"], row["resource"], row["status"], row["error"]) for row in rows] == [
        ("iam", "CreateRole", "execution", 200, None),
        ("s3", "CreateBucket", "models", 200, None),
        ("s3", "PutObject", "models/a/b.tar.gz", 200, None),
        ("sagemaker", "DescribeEndpoint", "e1", 400, "ValidationException"),
        ("sagemaker", "ListModels", None, 200, None),
    ]
    assert [row["n"] for row in rows] == [1, 2, 3, 4, 5]
    assert all(row["accessKey"] == "test-key" and "Botocore" in row["userAgent"] for row in rows)
    times = [datetime.fromisoformat(row["time"]) for row in rows]
    assert all(before <= after for before, after in itertools.pairwise(times))
    assert world.calls(since=3) == rows[3:]
    assert world.calls(since=5) == []


def test_a_row_is_dated_in_simulated_and_in_real_time(world: World) -> None:
    world.sagemaker.list_models()
    world.advance(3600)
    world.sagemaker.list_models()
    first, second = world.calls()
    simulated = datetime.fromisoformat(second["time"]) - datetime.fromisoformat(first["time"])
    real = datetime.fromisoformat(second["wallTime"]) - datetime.fromisoformat(first["wallTime"])
    assert simulated.total_seconds() >= 3600
    assert real.total_seconds() < 60


@pytest.mark.parametrize(
    ("operation", "resource", "call"),
    [
        ("ListObjectsV2", "models", lambda s3: s3.list_objects_v2(Bucket="models")),
        ("HeadObject", "models/k", lambda s3: s3.head_object(Bucket="models", Key="k")),
        ("GetObject", "models/k", lambda s3: s3.get_object(Bucket="models", Key="k")),
        ("CopyObject", "models/l", lambda s3: s3.copy_object(Bucket="models", Key="l", CopySource="models/k")),
        ("GetObjectTagging", "models/k", lambda s3: s3.get_object_tagging(Bucket="models", Key="k")),
        ("CreateMultipartUpload", "models/k", lambda s3: s3.create_multipart_upload(Bucket="models", Key="k")),
        ("DeleteObject", "models/k", lambda s3: s3.delete_object(Bucket="models", Key="k")),
        ("ListBuckets", None, lambda s3: s3.list_buckets()),
        ("GetBucketLocation", "models", lambda s3: s3.get_bucket_location(Bucket="models")),
    ],
)
def test_operations_of_s3_are_told_apart(world: World, operation: str, resource: str | None, call: object) -> None:
    world.s3.create_bucket(Bucket="models")
    world.s3.put_object(Bucket="models", Key="k", Body=b"1")
    assert callable(call)
    call(world.s3)
    row = world.calls()[-1]
    assert (row["operation"], row["resource"]) == (operation, resource)


def test_state_shows_everything_as_describe_answers_it(world: World) -> None:
    world.given_endpoint()
    world.s3.create_bucket(Bucket="models")
    world.s3.put_object(Bucket="models", Key="b", Body=b"1")
    world.s3.put_object(Bucket="models", Key="a", Body=b"1")
    state = world.do("GET", "/state")
    assert state["s3"] == {"models": ["a", "b"]}
    estate = state["sagemaker"][ESTATE]
    assert estate["endpoints"]["e1"]["EndpointStatus"] == "InService"
    assert estate["endpoints"]["e1"]["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    assert list(estate["models"]) == ["m1"]
    assert estate["endpointConfigs"]["c1"]["ProductionVariants"][0]["ModelName"] == "m1"
    assert estate["tags"][f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/e1"] == {}


@pytest.mark.parametrize(
    ("result", "status", "config"),
    [
        ("InService", "InService", "c2"),
        ("RolledBack", "InService", "c1"),
        ("UpdateRollbackFailed", "UpdateRollbackFailed", "c1"),
        ("OutOfService", "OutOfService", "c1"),
        ("Failed", "Failed", "c1"),
    ],
)
def test_an_update_ends_as_it_was_decided(world: World, result: str, status: str, config: str) -> None:
    world.given_endpoint()
    world.given_config("c2")
    members = {} if result == "InService" else {"failureReason": "decided by a test"}
    world.next("e1", result, seconds=100, **members)
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    world.advance(60)
    assert world.status("e1") == "Updating"
    world.finish("e1", status, seconds=41)
    after = world.describe()
    assert after["EndpointConfigName"] == config
    assert after.get("FailureReason") == members.get("failureReason")
    serves = status in ("InService", "UpdateRollbackFailed")
    if serves:
        assert world.runtime.invoke_endpoint(EndpointName="e1", Body=b"1")["Body"].read()
    else:
        with refused("ValidationError", f"Endpoint e1 of account {ACCOUNT} not found."):
            world.runtime.invoke_endpoint(EndpointName="e1", Body=b"1")


def test_a_decided_ending_is_for_one_transition(world: World) -> None:
    world.given_endpoint()
    world.given_config("c2")
    world.next("e1", "RolledBack")
    for config in ("c1", "c2"):
        world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
        world.finish("e1", "InService")
        assert world.describe()["EndpointConfigName"] == config


def test_an_ending_keeps_to_its_account_and_region(world: World) -> None:
    world.given_endpoint()
    world.given_config("c2")
    world.next("e1", "Failed", region="eu-west-1")
    world.next("e1", "Failed", account="222222222222")
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    world.finish("e1", "InService")
    assert world.describe()["EndpointConfigName"] == "c2"


def test_the_transition_under_way_can_still_be_decided(world: World) -> None:
    world.given_model()
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.next("e1", "Failed", failureReason="no capacity", seconds=0)
    world.until(lambda: world.status("e1") == "Failed", "e1 to be Failed")
    assert world.describe()["FailureReason"] == "no capacity"


def test_an_ending_decided_before_creation_is_that_of_the_creation(world: World) -> None:
    world.given_model()
    world.given_config()
    world.next("e1", "Failed")
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "Failed")
    assert "did not pass the ping health check" in world.describe()["FailureReason"]


def test_a_long_failure_reason_is_cut_to_what_describe_may_answer(world: World) -> None:
    world.given_model()
    world.given_config()
    world.next("e1", "Failed", failureReason="x" * 2000, seconds=1)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "Failed", seconds=2)
    assert len(world.describe()["FailureReason"]) == 1024


def test_weights_that_cannot_be_reached_go_through_rolling_back_to_the_old_ones(world: World) -> None:
    world.given_endpoint()
    world.next("e1", "RolledBack", failureReason="no capacity")
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="e1", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 5}]
    )
    world.finish("e1", "RollingBack", seconds=121)
    with refused("ValidationException", "Cannot update in-progress endpoint"):
        world.sagemaker.delete_endpoint(EndpointName="e1")
    world.finish("e1", "InService", seconds=121)
    after = world.describe()
    assert after["FailureReason"] == "no capacity"
    assert after["ProductionVariants"][0]["DesiredInstanceCount"] == 1


def test_a_deletion_can_fail_and_be_tried_again(world: World) -> None:
    world.given_endpoint()
    world.next("e1", "Failed", failureReason="still in use")
    world.sagemaker.delete_endpoint(EndpointName="e1")
    world.finish("e1", "Failed")
    assert world.describe()["FailureReason"] == "still in use"
    world.sagemaker.delete_endpoint(EndpointName="e1")
    world.finish_deletion("e1")


def test_a_decided_in_service_cannot_make_a_dead_fleet_serve(world: World) -> None:
    world.given_model(image=f"{ECR}/absent:1")
    world.given_config()
    world.next("e1", "InService", seconds=1)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "Failed", seconds=2)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"result": "Perfect"}, "result must be one of InService"),
        ({"result": "RolledBack"}, "a create cannot end as RolledBack; it can end as Failed, InService, OutOfService"),
        ({"result": "Failed", "seconds": -1}, "seconds must be a number"),
        ({"result": "Failed", "failureReason": 3}, "failureReason must be a string"),
        ({"result": "Failed", "reason": "x"}, "unknown member 'reason'"),
    ],
)
def test_an_ending_that_cannot_be_is_refused_with_a_sentence(world: World, document: object, sentence: str) -> None:
    status, answer = world.control("POST", "/endpoints/e1/next", document)
    assert (status, sentence in answer["error"]) == (400, True), answer


def test_what_falls_due_during_a_leap_of_the_clock_happens_at_its_own_time(world: World) -> None:
    world.given_endpoint()
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="e1", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredWeight": 2}]
    )
    began = world.describe()["LastModifiedTime"]
    world.advance(86_400)
    after = world.describe()
    assert after["EndpointStatus"] == "InService"
    assert 60 <= (after["LastModifiedTime"] - began).total_seconds() <= 121


def test_the_scale_makes_simulated_time_run_faster(world: World) -> None:
    world.do("POST", "/clock", {"scale": 100_000})
    first = datetime.fromisoformat(world.do("GET", "/clock")["time"])
    world.until(
        lambda: (datetime.fromisoformat(world.do("GET", "/clock")["time"]) - first).total_seconds() > 5000,
        "5,000 simulated seconds",
    )


@pytest.mark.parametrize("document", [{}, {"advanceSeconds": -1}, {"scale": 0}, {"speed": 3}, {"scale": "fast"}])
def test_a_clock_request_that_makes_no_sense_is_refused_with_a_sentence(world: World, document: object) -> None:
    status, answer = world.control("POST", "/clock", document)
    assert status == 400
    assert answer["error"]


def test_metrics_are_stored_with_dimensions_in_any_order(world: World) -> None:
    metric = {"namespace": "AWS/SageMaker", "metricName": "ModelLatency", "unit": "Microseconds"}
    world.do("POST", "/metrics", {**metric, "dimensions": {"A": "1", "B": "2"}, "values": [1, 2.5]})
    world.do("POST", "/metrics", {**metric, "dimensions": {"B": "2", "A": "1"}, "values": [3]})
    [series] = world.do("GET", "/state")["cloudwatch"]["metrics"]
    assert [point["value"] for point in series["datapoints"]] == [1.0, 2.5, 3.0]
    assert series["dimensions"] == {"A": "1", "B": "2"}
    [short] = world.do("GET", "/state?datapoints=false")["cloudwatch"]["metrics"]
    assert short == {member: value for member, value in series.items() if member != "datapoints"}
    status, answer = world.control("POST", "/metrics", {**metric, "values": ["high"]})
    assert (status, "values must be a list" in answer["error"]) == (400, True)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"quota": {}}, "unknown member 'quota'"),
        ({"quotas": {"ml.m5.large/endpoint": -1}}, "quotas.ml.m5.large/endpoint: must be a whole number"),
        ({"quotas": {"ml.m5.large": 1}}, "INSTANCE_TYPE/endpoint"),
        ({"instanceMemoryMb": {"m5.large": 1}}, "instanceMemoryMb.m5.large: the key must be an instance type"),
        ({"instanceDiskMb": {"ml.m5.large": -1}}, "instanceDiskMb.ml.m5.large: must be a number of at least 0"),
        ({"images": "*"}, "images: must be a list"),
        ({"servers": {"*": {"command": "python"}}}, "servers.*.command: must be a list of words"),
        ({"staleSeconds": "long"}, "staleSeconds: must be a number"),
        ({"rateLimits": {"ListModels": {"perSecond": 1}}}, "SERVICE:OPERATION"),
        ({"latencyMs": 5}, "latencyMs: must be a JSON object"),
    ],
)
def test_settings_that_make_no_sense_are_refused_whole_with_a_sentence(
    world: World, document: dict[str, object], sentence: str
) -> None:
    status, answer = world.control("PUT", "/settings", {"staleSeconds": 99, **document})
    assert status == 400
    assert sentence in answer["error"]
    world.given_model()
    assert world.sagemaker.describe_model(ModelName="m1")["ModelName"] == "m1"


def test_an_endpoint_that_is_out_of_service_comes_back_with_the_next_change(world: World) -> None:
    world.given_model()
    world.given_config()
    world.next("e1", "OutOfService", failureReason="no capacity")
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "OutOfService")
    with refused("ValidationError", "not found"):
        world.runtime.invoke_endpoint(EndpointName="e1", Body=b"1")
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="e1", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}]
    )
    world.finish("e1", "InService")
    assert world.runtime.invoke_endpoint(EndpointName="e1", Body=b"1")["Body"].read()


def test_an_entry_of_a_setting_is_taken_away_by_null(world: World) -> None:
    world.settings(rateLimits={"sagemaker:ListModels": {"perSecond": 0, "burst": 0}})
    with refused("ThrottlingException"):
        world.sagemaker.list_models()
    world.settings(rateLimits={"sagemaker:ListModels": None})
    world.sagemaker.list_models()


def test_an_image_too_long_for_a_digest_is_shown_without_one(world: World) -> None:
    image = f"{ECR}/{'x' * 180}/sim-null:1"
    world.given_model(image=image)
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    [deployed] = world.describe()["ProductionVariants"][0]["DeployedImages"]
    assert deployed["SpecifiedImage"] == image
    assert "ResolvedImage" not in deployed


def test_reset_empties_everything(world: World) -> None:
    world.given_endpoint()
    world.s3.create_bucket(Bucket="models")
    world.settings(quotas={"ml.m5.large/endpoint": 0})
    world.fault(match={"operation": "Nothing"}, error={"code": "X"})
    world.do("POST", "/reset")
    assert world.calls() == []
    assert world.do("GET", "/faults") == {"faults": []}
    assert world.do("GET", "/state") == {
        "sagemaker": {},
        "applicationAutoscaling": {},
        "cloudwatch": {"metrics": [], "alarms": {}},
        "s3": {},
    }
    world.given_endpoint()


def test_an_unknown_control_route_says_so(world: World) -> None:
    status, answer = world.control("GET", "/nothing")
    assert status == 404
    assert "/_sim/nothing" in answer["error"]
