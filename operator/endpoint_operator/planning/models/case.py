"""One pass's question about a model. Every decision takes it and nothing else."""

from dataclasses import dataclass

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.api.model_status import InferenceModelStatus, Publishing
from endpoint_operator.planning.models.facts import ModelFacts, Target
from endpoint_operator.planning.models.plan import ModelMemory
from endpoint_operator.planning.place import Place


@dataclass(frozen=True, kw_only=True)
class ModelCase:
    model: InferenceModel
    facts: ModelFacts

    @property
    def status(self) -> InferenceModelStatus:
        return self.model.status

    @property
    def target(self) -> Target:
        """The endpoint; decisions on its absence come before all that ask for it."""
        if self.facts.target is None:
            raise ValueError(f"{self.model.object_name}: decided on an endpoint that is not there")
        return self.facts.target

    @property
    def memory(self) -> ModelMemory:
        return memory_of(self.status)

    @property
    def is_in_place(self) -> bool:
        """Whether what is published lies where the endpoint's prefix and the target say."""
        status = self.status
        return status.target_model is not None and status.artifact_s3_uri == self.uri_of(status.target_model)

    @property
    def was_looked_for(self) -> bool:
        """Whether what is published is what the source held when this very spec was looked at."""
        published = self.status.published
        return published is not None and self._stamp == (published.generation, published.reconcile_at or "")

    def is_for_now(self, publishing: Publishing) -> bool:
        """Whether it is what this very spec asks for, under the endpoint's prefix of today."""
        return self.lies_under_prefix(publishing) and self._stamp == (
            publishing.generation,
            publishing.reconcile_at or "",
        )

    def lies_under_prefix(self, publishing: Publishing) -> bool:
        target = publishing.target_model
        return target is not None and publishing.artifact_s3_uri == self.uri_of(target)

    def uri_of(self, target_model: str) -> str:
        return f"{self.target.s3_prefix}{target_model}"

    @property
    def _stamp(self) -> tuple[int, str]:
        return self.model.generation, self.model.reconcile_at


def memory_of(status: InferenceModelStatus) -> ModelMemory:
    """The part of a status that decisions read."""
    return ModelMemory(
        target_model=status.target_model,
        artifact_s3_uri=status.artifact_s3_uri,
        etag=status.etag,
        size_bytes=status.size_bytes,
        published=status.published,
        publishing=status.publishing,
        obsolete=tuple(status.obsolete),
        former_prefix=status.former_prefix,
        switched_at=status.switched_at,
    )


def is_packed(publishing: Publishing) -> bool:
    """Whether a Job makes it, because what it is made from is a directory."""
    return (publishing.source_s3_uri or "").endswith("/")


def place_in_status(status: InferenceModelStatus) -> Place | None:
    """Where everything is that was made; None while nothing was."""
    if status.region is None:
        return None
    return Place(region=status.region, assume_role_arn=status.assume_role_arn)
