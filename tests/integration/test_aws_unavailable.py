"""AWS not reachable, credentials expired or absent: the operator stays up, says so, and recovers by itself."""

from tests.integration.vocabulary.gate import closed_gate
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import version

EXPIRED = {"code": "ExpiredToken", "message": "The security token included in the request is expired", "status": 403}
NO_CREDENTIALS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}


def test_when_aws_is_not_there_at_start_it_stays_up_says_so_and_recovers(world: Scene) -> None:
    simulator = world.shared.world.simulator_process
    with (
        closed_gate(to_port=simulator.ports[0]) as gate,
        world.operator.started_with(variables={"AWS_ENDPOINT_URL": gate.url}),
    ):
        endpoint = world.given()
        sentence = endpoint.reconciles("AWSUnreachable")
        assert "it is tried again" in sentence
        assert endpoint.table_row() == ("False", "True", "False", "False")
        assert world.operator.health()[0] == 200
        status, text = world.operator.readiness()
        assert status == 503
        assert "AWSUnreachable" in text
        gate.open()
        endpoint.settles()
        world.until(lambda: world.operator.readiness()[0] == 200, "/readyz well again")


def test_expired_credentials_are_said_and_need_no_restart(world: Scene) -> None:
    resting = world.given(name="resting").settles()
    audit = world.audit_from_now()
    fault = world.simulator.add_fault(match={}, error=EXPIRED)
    endpoint = world.given()
    sentence = endpoint.reconciles("CredentialsRefused")
    assert "ExpiredToken" in sentence
    assert "renew them, nothing needs a restart" in sentence
    world.until(lambda: "CredentialsRefused" in world.operator.readiness()[1], "/readyz says it")
    assert world.operator.readiness()[0] == 503
    assert world.operator.metric("endpoint_operator_aws_reachable") == 0
    world.simulator.end_faults(fault)
    endpoint.settles()
    world.until(lambda: world.operator.readiness()[0] == 200, "/readyz well again")
    writes = audit.writes_of_operator(namespace=world.namespace)
    assert [write for write in writes if write.endswith("/resting")] == [], "nothing was to be done there"
    assert resting.table_row() == ("True", "False", "False", "True")


def test_credentials_that_expire_during_a_rollout_do_not_lose_it(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    fault = world.simulator.add_fault(match={}, error=EXPIRED)
    endpoint.edit(version(2))
    endpoint.reconciles("CredentialsRefused")
    assert endpoint.table_row() == ("False", "True", "False", "True"), "the old revision answers"
    world.simulator.end_faults(fault)
    endpoint.settles()


def test_without_any_credentials_it_stays_up_and_says_what_to_do(world: Scene) -> None:
    with world.operator.started_with(variables=NO_CREDENTIALS):
        endpoint = world.given()
        sentence = endpoint.reconciles("CredentialsMissing")
        assert "IRSA" in sentence
        assert world.operator.health()[0] == 200
        assert world.operator.readiness()[0] == 503
        assert "CredentialsMissing" in world.operator.readiness()[1]
    endpoint.settles()


def test_throttling_is_waited_out(world: Scene) -> None:
    throttled = {"code": "ThrottlingException", "message": "Rate exceeded", "status": 400}
    fault = world.fault("CreateEndpoint", error=throttled, times=4)
    world.given().settles()
    world.simulator.end_faults(fault)
    assert len(world.sagemaker.everything()) == 3
