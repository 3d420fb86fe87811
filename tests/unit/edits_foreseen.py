"""What an edit of each field does, from planning itself: an endpoint that serves, then the calls that are foreseen."""

from dataclasses import dataclass, replace
from enum import StrEnum

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.api.spec_rules import OBJECT_RULES, SPEC_RULES
from endpoint_operator.planning.facts import Facts
from endpoint_operator.planning.foresight import Foreseen, foresee
from endpoint_operator.planning.pause import plan_of_pass
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.steps import Step
from endpoint_operator.planning.supported import not_yet_supported
from tests.unit.edits import EDITS
from tests.unit.given import INPUTS, an_object, facts
from tests.unit.operator_in_memory import OperatorInMemory
from tests.unit.sagemaker_in_memory import SageMakerInMemory
