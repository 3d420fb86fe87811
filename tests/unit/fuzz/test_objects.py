"""Objects of users: whatever the API server lets in is read, and what cannot be read says so in a sentence."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.planning.overrides import fault_in_overrides
from endpoint_operator.planning.tenancy.request_strings import strings_of
from tests.unit.fuzz.budget import fuzzed
from tests.unit.fuzz.written_by_users import admitted, crd_schema, json_objects, json_values, spoilt

KINDS: dict[str, type[InferenceEndpoint] | type[InferenceModel]] = {
    "inferenceendpoints": InferenceEndpoint,
    "inferencemodels": InferenceModel,
}
METADATA = {"namespace": "ml", "name": "churn", "uid": "1", "generation": 1, "resourceVersion": "1"}
SPECS = {plural: admitted(crd_schema(plural)["properties"]["spec"]) for plural in KINDS}
STATUSES = {plural: admitted(crd_schema(plural)["properties"]["status"]) for plural in KINDS}


def body(spec: Any, status: Any = None) -> dict[str, Any]:
    return {"metadata": METADATA, "spec": spec, **({} if status is None else {"status": status})}


@pytest.mark.parametrize("plural", KINDS)
@given(data=st.data())
@fuzzed
def test_what_the_crd_admits_is_read(plural: str, data: st.DataObject) -> None:
    found = KINDS[plural].parse(body(data.draw(SPECS[plural])))
    assert found.spec_error is None or found.spec_error.startswith("spec")


@pytest.mark.parametrize("plural", KINDS)
@given(data=st.data())
@fuzzed
def test_what_a_crd_of_another_release_admits_is_read(plural: str, data: st.DataObject) -> None:
    found = KINDS[plural].parse(body(data.draw(spoilt(SPECS[plural]))))
    assert found.spec_error is None or found.spec_error.startswith("spec")


@pytest.mark.parametrize("plural", KINDS)
@given(data=st.data())
@fuzzed
def test_a_status_that_the_crd_admits_is_read(plural: str, data: st.DataObject) -> None:
    """Who may write the subresource may write what the operator would not."""
    KINDS[plural].parse(body({}, data.draw(STATUSES[plural])))


@given(data=st.data())
@fuzzed
def test_a_model_that_is_kept_small_is_the_same_again(data: st.DataObject) -> None:
    model = InferenceModel.parse(body(data.draw(SPECS["inferencemodels"])))
    packed = model.pack()
    assert model == (packed if isinstance(packed, InferenceModel) else InferenceModel.unpack(packed))


@given(
    overrides=st.fixed_dictionaries({}, optional=dict.fromkeys(("model", "endpointConfig", "endpoint"), json_objects))
)
@example(overrides={"model": {"Tags": []}})
@fuzzed
def test_overrides_of_any_shape_are_judged(overrides: dict[str, Any]) -> None:
    spec = {"mode": "RealTime", "containers": [{"image": "i"}], "instance": {"type": "ml.m5.large"}}
    endpoint = InferenceEndpoint.parse(body({**spec, "overrides": overrides}))
    if endpoint.spec_error is None:
        fault = fault_in_overrides(endpoint.spec)
        assert fault is None or "may not be overridden" in fault.message


@given(request=json_values)
@fuzzed
def test_every_string_of_a_request_that_names_something_is_found_where_it_stands(request: Any) -> None:
    for found in strings_of({"PrimaryContainer": request}):
        assert found.path.startswith("PrimaryContainer")
    assert [each.value for each in strings_of([request, {"Image": "x"}])][-1] == "x"
