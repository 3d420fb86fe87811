"""What another controller is given to do, from --template, --watch and their like: checked against its kinds."""

from pathlib import Path

import yaml

from tests.bench.fleet import NAMESPACE, Subject
from tests.bench.kinds import Kind
from tests.bench.refusal import OptionError

_SAMPLE = "e00000"


def subject_of(
    kinds: list[Kind], *, template: Path, watched: str, ready_condition: str | None, endpoint_name: str | None
) -> Subject:
    """`watched` as GROUP/VERSION/PLURAL; None is a Subject's own default. Raises OptionError."""
    subject = Subject(
        template=_text("--template", template),
        ready_condition=ready_condition or Subject.ready_condition,
        watched=_watched(watched, kinds),
        endpoint=endpoint_name or Subject.endpoint,
        plurals={(kind.group, kind.name): kind.plural for kind in kinds},
    )
    _check_template(subject)
    try:
        names = {subject.endpoint_name(name) for name in ("one", "two")}
    except (KeyError, ValueError) as error:
        raise OptionError(f"--endpoint-name: {error}; the placeholders are $name and $namespace") from None
    if len(names) == 1:
        raise OptionError("--endpoint-name: it holds no $name, so that all endpoints would be one")
    return subject


def _watched(text: str, kinds: list[Kind]) -> tuple[str, str, str]:
    parts = text.split("/")
    if len(parts) != 3:
        raise OptionError(f"--watch {text}: give GROUP/VERSION/PLURAL")
    group, version, plural = parts
    served = [f"{kind.group}/{each}/{kind.plural}" for kind in kinds for each in kind.versions]
    if text not in served:
        raise OptionError(f"--watch {text}: --crds defines {', '.join(served)}; name one of them")
    return group, version, plural


def _check_template(subject: Subject) -> None:
    try:
        documents = subject.documents(_SAMPLE)
    except (KeyError, ValueError) as error:
        raise OptionError(f"--template: {error}; the placeholders are $name and $namespace, $$ is a dollar") from None
    except yaml.YAMLError as error:
        raise OptionError(f"--template: no YAML: {error}") from None
    watched = 0
    for document in documents:
        watched += _check_document(document, subject)
    if watched != 1:
        raise OptionError(
            f"--template: {watched} of its documents are of --watch with metadata.name $name; give exactly one"
        )


def _check_document(document: object, subject: Subject) -> bool:
    """Whether it is the one that becomes ready."""
    fields = document if isinstance(document, dict) else {}
    group, _, version = str(fields.get("apiVersion", "")).rpartition("/")
    plural = subject.plurals.get((group, str(fields.get("kind"))))
    if plural is None:
        raise OptionError(
            f"--template: {fields.get('apiVersion')} {fields.get('kind')} is not defined in --crds; "
            "only objects of its kinds can be made"
        )
    metadata = fields.get("metadata") or {}
    if metadata.get("namespace") != NAMESPACE:
        raise OptionError(f"--template: give {fields['kind']} metadata.namespace: $namespace")
    return (group, version, plural) == subject.watched and metadata.get("name") == _SAMPLE


def _text(flag: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise OptionError(f"{flag} {path}: {error.strerror}; give a file that can be read") from None
