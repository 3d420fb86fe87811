"""PutScalingPolicy, DeleteScalingPolicy, DescribeScalingPolicies."""

import uuid
from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.cloudwatch.alarm_record import Alarm
from sagemaker_simulator.cloudwatch.alarms import Alarms
from sagemaker_simulator.cloudwatch.books import Book, Books
from sagemaker_simulator.wire.request import Caller

from .holdings import Holdings, policy_arn
from .pages import POLICIES_PAGE, page
from .policy_checks import STEP, TRACKING, checked_configuration, configuration_member
from .records import Holding, Policy, TargetKey
from .refusals import no_policy_found, no_target_registered, validation
from .target_keys import check_namespace, key_of, names_target
from .tracking_alarms import HIGH, LOW, alarm_name, alarm_parameters

Parameters = Mapping[str, Any]
Output = dict[str, Any]


class Policies:
    """Scaling policies and the alarms that target tracking makes for itself."""

    def __init__(self, holdings: Holdings, *, alarms: Alarms, books: Books) -> None:
        self._holdings = holdings
        self._alarms = alarms
        self._books = books

    async def put_scaling_policy(self, caller: Caller, parameters: Parameters) -> Output:
        """Make or overwrite a policy; one that is there keeps its ARN, and target tracking its alarms."""
        holding, key = self._holdings.of(caller), key_of(parameters)
        if key not in holding.targets:
            raise no_target_registered(key)
        name, policy_type = parameters["PolicyName"], parameters.get("PolicyType", STEP)
        configuration = checked_configuration(policy_type, parameters)
        _check_one_a_metric(holding, key, name, configuration)
        there = holding.policies.get((key, name))
        arn = there.arn if there is not None else policy_arn(holding, key, name)
        book = self._books.of(caller)
        alarms = self._put_alarms(book, key, there, configuration, arn) if policy_type == TRACKING else ()
        for gone in set(there.alarms if there is not None else ()) - set(alarms):
            self._alarms.delete(book, gone)
        policy = Policy(
            key=key,
            name=name,
            arn=arn,
            type=policy_type,
            configuration=configuration,
            created=there.created if there is not None else self._holdings.clock.now(),
            alarms=alarms,
        )
        holding.policies[key, name] = policy
        return {"PolicyARN": arn, "Alarms": [_shown_alarm(book.alarms[alarm]) for alarm in alarms]}

    async def delete_scaling_policy(self, caller: Caller, parameters: Parameters) -> Output:
        holding, key, name = self._holdings.of(caller), key_of(parameters), parameters["PolicyName"]
        if (key, name) not in holding.policies:
            raise no_policy_found(key, name)
        self.remove(holding, key, name)
        return {}

    async def describe_scaling_policies(self, caller: Caller, parameters: Parameters) -> Output:
        check_namespace(parameters)
        holding = self._holdings.of(caller)
        shown = [
            self.describe(holding, policy)
            for (key, name), policy in sorted(holding.policies.items())
            if names_target(key, parameters) and name in parameters.get("PolicyNames", [name])
        ]
        return page("ScalingPolicies", shown, parameters, most=POLICIES_PAGE)

    def describe(self, holding: Holding, policy: Policy) -> Output:
        """Return the policy as DescribeScalingPolicies answers it: with every alarm that calls it."""
        book = self._books.at(account=holding.account, region=holding.region)
        calling = [alarm for _, alarm in sorted(book.alarms.items()) if policy.arn in alarm.definition["AlarmActions"]]
        return {
            "PolicyARN": policy.arn,
            "PolicyName": policy.name,
            **policy.key.shown(),
            "PolicyType": policy.type,
            configuration_member(policy.type): dict(policy.configuration),
            "Alarms": [_shown_alarm(alarm) for alarm in calling],
            "CreationTime": policy.created,
        }

    def remove(self, holding: Holding, key: TargetKey, name: str) -> None:
        """Remove the policy and the alarms that it made; alarms of the user's stay."""
        policy = holding.policies.pop((key, name))
        book = self._books.at(account=holding.account, region=holding.region)
        for alarm in policy.alarms:
            self._alarms.delete(book, alarm)

    def _put_alarms(
        self, book: Book, key: TargetKey, there: Policy | None, configuration: Parameters, arn: str
    ) -> tuple[str, ...]:
        names = there.alarms if there is not None else ()
        if not names:
            names = tuple(alarm_name(key, side, str(uuid.uuid4())) for side in (HIGH, LOW))
        for side, name in zip((HIGH, LOW), names, strict=True):
            self._alarms.put(book, alarm_parameters(configuration, key, side=side, name=name, policy_arn=arn))
        return names


def _check_one_a_metric(holding: Holding, key: TargetKey, name: str, configuration: Parameters) -> None:
    members = ("PredefinedMetricSpecification", "CustomizedMetricSpecification")
    metric = [configuration.get(member) for member in members]
    for (owner, other), policy in holding.policies.items():
        if owner == key and other != name and any(metric) and metric == [policy.configuration.get(m) for m in members]:
            raise validation("Only one TargetTrackingScaling policy for a given metric specification is allowed.")


def _shown_alarm(alarm: Alarm) -> dict[str, str]:
    return {"AlarmName": alarm.name, "AlarmARN": alarm.arn}
