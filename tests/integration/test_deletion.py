"""`kubectl delete` ends: it waits while SageMaker refuses, cleans up in order, and lets go when it is told to."""

from tests.integration.vocabulary.endpoint import FINALIZER
from tests.integration.vocabulary.kstatus import TERMINATING
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import field, image, version

DENIED = {"code": "AccessDeniedException", "message": "not authorized to perform: sagemaker:DeleteEndpoint"}
NO_QUOTA = "ml.p4d.24xlarge"


def test_everything_of_every_revision_goes_the_endpoint_first_and_configs_before_models(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    endpoint.edit(version(2)).settles()
    with world.records_calls() as calls:
        endpoint.delete().is_gone()
    operations = calls.that_change_anything()
    assert operations[0] == "DeleteEndpoint"
    assert sorted(operations[1:]) == ["DeleteEndpointConfig"] * 2 + ["DeleteModel"] * 2
    assert world.sagemaker.everything() == []


def test_rule_09_a_deletion_while_sagemaker_creates_waits_and_says_so(world: Scene) -> None:
    endpoint = world.given_held()
    endpoint.is_in("Creating")
    with world.records_calls() as calls:
        endpoint.delete()
        sentence = endpoint.reconciles("WaitingForSageMaker")
        assert "Creating" in sentence
        assert endpoint.table_row() == ("False", "True", "False", "False")
        assert endpoint.kstatus() == TERMINATING
        assert FINALIZER in endpoint.object["metadata"]["finalizers"]
        world.operator_looks(2)
        assert calls.that_change_anything() == []
        world.ends_transition(endpoint)
        endpoint.is_gone()
    assert world.sagemaker.everything() == []


def test_a_deletion_while_sagemaker_updates_waits_and_leaves_no_revision_behind(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.holds_transition(endpoint)
    endpoint.edit(version(2))
    endpoint.is_in("Updating")
    endpoint.delete()
    endpoint.reconciles("WaitingForSageMaker")
    assert endpoint.table_row() == ("False", "True", "False", "True"), "it still answers"
    world.ends_transition(endpoint)
    endpoint.is_gone()
    assert world.sagemaker.everything() == []


def test_an_object_with_retain_lets_everything_be(world: Scene) -> None:
    endpoint = world.given(field(deletionPolicy="Retain")).settles()
    before = world.sagemaker.everything()
    with world.records_calls() as calls:
        endpoint.delete().is_gone()
    assert calls.that_change_anything() == []
    assert world.sagemaker.everything() == before


def test_rule_09_retain_set_while_deleting_lets_go_at_once(world: Scene) -> None:
    endpoint = world.given_held()
    endpoint.is_in("Creating")
    endpoint.delete()
    endpoint.reconciles("WaitingForSageMaker")
    endpoint.edit(field(deletionPolicy="Retain"))
    endpoint.is_gone()
    assert world.sagemaker.endpoint(endpoint.sagemaker_name) is not None
    world.ends_transition(endpoint)


def test_a_stalled_object_whose_creation_failed_is_deleted(world: Scene) -> None:
    missing = image("123456789012.dkr.ecr.us-east-1.amazonaws.com/never-pushed:1")
    endpoint = world.given(missing, field(preflight="Off"))
    endpoint.stalls("ImageUnavailable")
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []


def test_a_stalled_object_of_which_only_model_and_config_were_made_is_deleted(world: Scene) -> None:
    endpoint = world.given(field(instance={"type": NO_QUOTA}, preflight="Off"))
    endpoint.stalls("QuotaIsZero")
    assert len(world.sagemaker.everything()) == 2
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []


def test_a_stalled_object_of_which_nothing_was_made_is_deleted_without_a_call(world: Scene) -> None:
    endpoint = world.given(field(instance={"type": NO_QUOTA}))
    endpoint.stalls("QuotaIsZero")
    with world.records_calls() as calls:
        endpoint.delete().is_gone()
    assert calls.that_change_anything() == []


def test_when_aws_refuses_the_deletion_it_says_so_and_goes_on_when_aws_does(world: Scene) -> None:
    endpoint = world.given().settles()
    fault = world.fault("DeleteEndpoint", error=DENIED)
    endpoint.delete()
    sentence = endpoint.stalls("OperatorNotAllowed")
    assert "sagemaker:DeleteEndpoint" in sentence
    assert "IAM policy" in sentence
    world.simulator.end_faults(fault)
    endpoint.is_gone()
    assert world.sagemaker.everything() == []


def test_an_endpoint_that_somebody_deletes_meanwhile_does_not_hold_the_deletion_up(world: Scene) -> None:
    endpoint = world.given().settles()
    world.operator.stop()
    endpoint.delete()
    world.boto3("sagemaker").delete_endpoint(EndpointName=endpoint.sagemaker_name)
    world.boto3("sagemaker").delete_model(ModelName=world.sagemaker.models()[0])
    world.operator.start()
    endpoint.is_gone()
    assert world.sagemaker.everything() == []


def test_deleting_the_namespace_deletes_every_endpoint_in_it(world: Scene) -> None:
    names = ("first", "second", "third")
    endpoints = [world.given(name=name) for name in names]
    endpoints[0].settles()
    endpoints[1].settles()
    world.objects.delete_namespace(world.namespace)
    world.until(lambda: not world.objects.has_namespace(world.namespace), "the namespace gone")
    assert world.sagemaker.everything() == []
