"""Other bytes behind the same URI: said when somebody asks for a look, and rolled out only when he says so."""

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, field


def test_new_bytes_behind_the_same_uri_are_said_and_not_rolled_out(world: Scene) -> None:
    uri = world.shared.put_artifact(f"{world.namespace}/model.tar.gz", b"one")
    container = {"image": FAST_IMAGE, "modelData": {"s3Uri": uri}}
    endpoint = world.given(field(containers=[container])).settles()
    world.shared.put_artifact(f"{world.namespace}/model.tar.gz", b"other")
    with world.records_calls() as calls:
        endpoint.ask_to_look("at the artifact")
        world.until(lambda: endpoint.condition("ArtifactChanged").get("status") == "True", "ArtifactChanged")
        world.operator_looks(2)
    assert calls.that_change_anything() == []
    assert uri in endpoint.condition("ArtifactChanged")["message"]
    assert endpoint.table_row() == ("True", "False", "False", "True")
    endpoint.edit(field(redeploy="the new bytes")).settles()
    assert endpoint.condition("ArtifactChanged").get("status") != "True"
