"""When tenancy stops an object: before anything is looked at through what it may not use, and before anything is made.

What runs already is left as it is: an object that is deleted or stopped only lets go of its own.
"""

from dataclasses import replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.tenancy import endpoint_references, model_references
from endpoint_operator.planning.tenancy.accounts import account_of
from endpoint_operator.planning.tenancy.judge import fault_in
from endpoint_operator.planning.tenancy.tenancy import Tenancy
from endpoint_operator.planning.tenancy.things import Reference, Thing


def fault_in_looking(endpoint: InferenceEndpoint, tenancy: Tenancy | None) -> Fault | None:
    """Why AWS may not even be asked about the object: a role that may not be assumed, a name that may not be used and
    under which nothing of this object was ever made."""
    if tenancy is None or endpoint.spec_error is not None:
        return None
    known = endpoint.status.endpoint is not None
    references = [
        reference
        for reference in endpoint_references.where_it_is(endpoint)
        if not (known and reference.thing == Thing.ENDPOINT_NAME)
    ]
    return fault_in(references, namespace=endpoint.namespace, tenancy=tenancy, home=tenancy.account)


def fault_in_use(endpoint: InferenceEndpoint, desired: Desired, facts: Facts, inputs: OperatorInputs) -> Fault | None:
    """Why nothing may be made for the object. None where AWS cannot be asked, for nothing is made then either."""
    tenancy = inputs.tenancy
    if tenancy is None or (endpoint.spec.stopped and facts.foreign is None):
        return None
    looking = fault_in_looking(endpoint, tenancy)
    if looking is not None:
        return looking if looking.stalls else None
    role = endpoint.spec.assume_role_arn
    home = facts.account if role is None else account_of(Thing.ASSUMED_ROLE, role)
    if facts.account is None or home is None:
        return None
    references = [
        reference
        for reference in endpoint_references.references_of(endpoint, desired)
        if reference.thing != Thing.ASSUMED_ROLE
    ]
    fault = fault_in(references, namespace=endpoint.namespace, tenancy=tenancy, home=home)
    if fault is None or facts.live is None or facts.foreign is not None:
        return fault
    return replace(fault, message=f"{fault.message}. What runs is left as it is")


def fault_in_model(model: InferenceModel, target: Target | None, tenancy: Tenancy) -> Fault | None:
    """Why neither S3 nor an endpoint may be asked for the model, and nothing may be published for it."""
    if model.spec_error is not None:
        return None
    references = [*model_references.references_of(model, target)]
    role = _role_of(target)
    if tenancy.account is None and role == model.status.assume_role_arn:
        # Something was made through it, for which it was allowed.
        references = [each for each in references if each.thing != Thing.ASSUMED_ROLE]
    return _fault_through(role, references, namespace=model.namespace, tenancy=tenancy)


def fault_in_target(target: Target, *, namespace: str, tenancy: Tenancy) -> Fault | None:
    """Why the models of a multi-model endpoint may not be looked at where it has them."""
    references = [*model_references.of_target(target)]
    return _fault_through(_role_of(target), references, namespace=namespace, tenancy=tenancy)


def _fault_through(role: str | None, references: list[Reference], *, namespace: str, tenancy: Tenancy) -> Fault | None:
    """Through a role one works in its account, and whether one may is judged from the operator's own."""
    roles = [each for each in references if each.thing == Thing.ASSUMED_ROLE]
    others = [each for each in references if each.thing != Thing.ASSUMED_ROLE]
    home = account_of(Thing.ASSUMED_ROLE, role) if role is not None else tenancy.account
    return fault_in(roles, namespace=namespace, tenancy=tenancy, home=tenancy.account) or fault_in(
        others, namespace=namespace, tenancy=tenancy, home=home
    )


def _role_of(target: Target | None) -> str | None:
    return target.place.assume_role_arn if target is not None else None
