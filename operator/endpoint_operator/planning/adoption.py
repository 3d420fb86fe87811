"""An endpoint of the wanted name that this object did not make: refused, or adopted."""

from endpoint_operator.api.spec import AdoptionPolicy
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.facts import Holder
from endpoint_operator.planning.obstacles import SLOW_BACK_OFF
from endpoint_operator.planning.plan import AT_ONCE, FinalizerChange, Plan, Situation
from endpoint_operator.planning.steps import SyncTags

ADOPTING = "Adopting"

_ADOPTED_BY = {
    AdoptionPolicy.NEVER: frozenset[Holder](),
    AdoptionPolicy.ADOPT_OR_CREATE: frozenset({Holder.NOBODY}),
    AdoptionPolicy.TAKE_OVER: frozenset({Holder.NOBODY, Holder.OTHER_OPERATOR}),
}
_ALLOWS = {
    Holder.NOBODY: "set adoptionPolicy: AdoptOrCreate to adopt it",
    Holder.OTHER_OPERATOR: "set adoptionPolicy: TakeOver once nobody else manages it",
    Holder.OTHER_NAMESPACE: "no adoptionPolicy takes what another namespace holds: have it deleted there",
    Holder.UNKNOWN: "it is looked at again",
}


def adopt(case: Case) -> Plan | None:
    """Its tags become ours; what it runs is then rolled over to what the spec asks for, as after any edit.

    Models and endpoint configs that others made are left alone: ours have other names.
    """
    live, foreign = case.live, case.facts.foreign
    if live is None or foreign is None or foreign.holder not in _ADOPTED_BY[case.endpoint.spec.adoption_policy]:
        return None
    finalizer_first = not case.endpoint.has_finalizer
    return Plan(
        situation=Situation.UPDATING,
        reason=ADOPTING,
        message=f"adopting SageMaker endpoint {live.name}: {foreign.message}",
        steps=() if finalizer_first else (SyncTags(name=live.name, arn=live.arn, tags=case.desired.tags),),
        finalizer=FinalizerChange.ADD if finalizer_first else None,
        forget_tags=True,
        next_look=AT_ONCE,
    )


def name_is_taken(case: Case) -> Plan | None:
    foreign = case.facts.foreign
    if foreign is None or case.live is None:
        return None
    return Plan(
        situation=Situation.USER_FAULT,
        reason="NameTaken",
        message=f"spec.endpointName: {foreign.message}; {_ALLOWS[foreign.holder]}, or delete that endpoint, "
        "or choose another name (a new object: endpointName never changes)",
        next_look=SLOW_BACK_OFF,
    )
