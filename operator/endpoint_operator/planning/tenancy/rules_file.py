"""The tenancy file as an administrator writes it: parsed whole, or refused with a sentence."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, StringConstraints, ValidationError, field_validator

from endpoint_operator.api.identity import GROUP
from endpoint_operator.api.schema import ApiModel
from endpoint_operator.planning.tenancy.rules import NAMESPACE, Rule, Rules
from endpoint_operator.planning.tenancy.things import Thing

API_VERSION = f"tenancy.{GROUP}/v1alpha1"
# A ConfigMap holds 1 MiB.
MOST_CHARACTERS = 1_048_576

_Word = Annotated[str, StringConstraints(min_length=1, max_length=2048, pattern=r"^\S+$")]


def _known_variables(entry: str) -> str:
    if "$" in entry.replace(NAMESPACE, ""):
        raise ValueError(f"{entry}: {NAMESPACE} is the only variable there is")
    return entry


def _arn(entry: str) -> str:
    if entry != "*" and not entry.startswith("arn:"):
        raise ValueError(f"{entry} is no ARN: it begins with arn:, or is * for all in the operator's own account")
    return entry


def _prefix(entry: str) -> str:
    if entry != "*" and not (entry.startswith("s3://") and entry.endswith("/") and len(entry) > len("s3:///")):
        raise ValueError(f"{entry}: an S3 prefix is s3://BUCKET/ or s3://BUCKET/SOME/PATH/, with a slash at its end")
    if "*" in entry and entry != "*":
        raise ValueError(f"{entry}: an S3 prefix holds no *; it covers everything below it")
    return entry


_Entry = Annotated[_Word, AfterValidator(_known_variables)]
_Entries = Annotated[list[_Entry], Field(default_factory=list)]
_Arns = Annotated[list[Annotated[_Entry, AfterValidator(_arn)]], Field(default_factory=list)]
_Prefixes = Annotated[list[Annotated[_Entry, AfterValidator(_prefix)]], Field(default_factory=list)]


class TenancyFileRefused(ValueError):
    """The file is not one; the message says where and why."""


class _RuleOfFile(ApiModel):
    namespaces: Annotated[list[_Word], Field(min_length=1)]
    execution_role_arns: _Arns
    assume_role_arns: _Arns
    s3_prefixes: _Prefixes
    kms_key_ids: _Entries
    subnet_ids: _Entries
    security_group_ids: _Entries
    image_registries: _Entries
    endpoint_names: _Entries
    topic_arns: _Arns
    model_package_arns: _Arns
    alarm_names: _Entries
    other_arns: _Arns

    @field_validator("namespaces")
    @classmethod
    def _have_no_variables(cls, globs: list[str]) -> list[str]:
        for glob in globs:
            if "$" in glob:
                raise ValueError(f"{glob}: give names of namespaces, with * for any characters")
        return globs

    def rule(self) -> Rule:
        listed: dict[str, Any] = self.model_dump(by_alias=True)
        return Rule(
            namespaces=tuple(self.namespaces),
            allowed={thing: tuple(listed[thing.value]) for thing in Thing if listed[thing.value]},
        )


class _File(ApiModel):
    api_version: Literal["tenancy.inference.endpoint-operator.dev/v1alpha1"]
    rules: list[_RuleOfFile]


class _Loader(yaml.SafeLoader):
    """Refuses a key that is there twice: the second would silently take the place of the first."""


def _mapping_without_doubles(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value]
    doubled = sorted({str(key) for key in keys if keys.count(key) > 1})
    if doubled:
        raise TenancyFileRefused(f"line {node.start_mark.line + 1}: {', '.join(doubled)} is there twice")
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_doubles)


def parse_rules(text: str) -> Rules:
    """Raises TenancyFileRefused. A file without rules allows nothing to anybody."""
    if len(text) > MOST_CHARACTERS:
        raise TenancyFileRefused(f"it has {len(text):,} characters, and {MOST_CHARACTERS:,} are taken")
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise TenancyFileRefused(" ".join(str(error).split())) from error
    if not isinstance(document, dict):
        raise TenancyFileRefused(f"it is no mapping: it begins with apiVersion: {API_VERSION}, and has rules")
    try:
        return Rules(rules=tuple(rule.rule() for rule in _File.model_validate(document).rules))
    except ValidationError as error:
        raise TenancyFileRefused("; ".join(_sentences(error))) from error


def _sentences(error: ValidationError) -> Iterator[str]:
    for each in error.errors()[:5]:
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in each["loc"]).lstrip(".")
        yield f"{place}: {each['msg'].removeprefix('Value error, ')}"
