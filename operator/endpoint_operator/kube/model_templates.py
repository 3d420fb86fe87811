"""What a model takes from a ConfigMap: the text of spec.source.configTemplate, which is part of its content."""

import hashlib

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.kube.input_objects import InputObjects, NotAllowed, has_key, value_of
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.inputs.values import CONFIG_MAP
from endpoint_operator.planning.models.facts import TemplateSeen

_FIELD = "spec.source.configTemplate.configMapKeyRef"


class ModelTemplates:
    """Keeps nothing: a template is looked at only where the source is."""

    def __init__(self, objects: InputObjects) -> None:
        self._objects = objects

    async def look(self, model: InferenceModel, *, config_map: str, key: str) -> TemplateSeen | Fault:
        """A digest of the text, or what is wrong with it. Raises ClusterUnavailable."""
        try:
            body = await self._objects.read(namespace=model.namespace, kind=CONFIG_MAP, name=config_map)
        except NotAllowed as refused:
            return Fault(
                blame=Blame.OPERATOR_SETUP,
                reason="OperatorNotAllowed",
                message=f"the operator may not read ConfigMap {model.namespace}/{config_map} ({refused}); "
                f"grant it get on configmaps there, or leave {_FIELD} out",
            )
        if body is None:
            return _wrong(f"{_FIELD}.name: there is no ConfigMap {config_map} in {model.namespace}; make it")
        if not has_key(body, key):
            return _wrong(f"{_FIELD}.key: ConfigMap {config_map} has no key {key}; add it or correct the key")
        text = value_of(body, kind=CONFIG_MAP, key=key)
        if text is None:
            return _wrong(f"{_FIELD}: the value of {key} in ConfigMap {config_map} is no text; put config.pbtxt there")
        return TemplateSeen(digest=hashlib.sha256(text.encode()).hexdigest())


def _wrong(message: str) -> Fault:
    return Fault(blame=Blame.USER, reason="ConfigTemplateNotFound", message=message)
