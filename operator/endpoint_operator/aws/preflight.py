"""Preflight: everything that a revision needs is looked at before SageMaker is asked for it."""

import asyncio
import logging
import time

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.finding import Finding, not_taken
from endpoint_operator.aws.identity import Account
from endpoint_operator.aws.override_shapes import OverrideShapes
from endpoint_operator.aws.periods import LOOK_SECONDS
from endpoint_operator.aws.questions import Question, Questions
from endpoint_operator.aws.quotas import QuotaLooks
from endpoint_operator.aws.single_flight import SingleFlight
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.facts import Artifact, LiveEndpoint, Look, Looks, SeenImage

log = logging.getLogger(__name__)


class Preflight:
    """Looks, each believed for some seconds, for one rollout asks twice and many objects share a role."""

    def __init__(self, calls: Calls) -> None:
        self._questions = Questions(calls)
        self._quotas = QuotaLooks(calls)
        self._shapes = OverrideShapes(calls)
        self._seen: dict[str, tuple[float, Finding]] = {}
        self._flight = SingleFlight[str, Finding]()

    async def look(self, desired: Desired, account: Account, *, live: LiveEndpoint | None, anew: bool = False) -> Looks:
        """`live` is the endpoint that a rollout would change; `anew`: somebody asks, nothing seen before is believed.

        Raises CallFailed when AWS cannot be asked.
        """
        if anew:
            self._seen.clear()
        overrides = self._shapes.look(desired)
        questions = [*self._questions.of(desired, account, live)]
        findings, quotas = await asyncio.gather(
            asyncio.gather(*(self._look_once(question) for question in questions)),
            self._look_at_quotas(desired, live),
        )
        answered = list(zip(questions, findings, strict=True))
        looks = [finding.at(field=question.field, about=question.about) for question, finding in answered]
        return Looks(
            looks=(overrides, *looks, quotas),
            artifacts=tuple(
                Artifact(s3_uri=question.artifact, etag=finding.identity)
                for question, finding in answered
                if question.artifact is not None
            ),
            images=tuple(
                SeenImage(container=question.field.rpartition(".")[0], image=question.image, digest=finding.identity)
                for question, finding in answered
                if question.image is not None and finding.identity is not None
            ),
        )

    async def _look_at_quotas(self, desired: Desired, live: LiveEndpoint | None) -> Look:
        """Every object needs other numbers: only the lists behind them are shared."""
        try:
            return await self._quotas.look(desired, live)
        except CallFailed as error:
            return _not_taken(error, about="quotas").at(field="spec.instance.type", about="quotas")

    async def _look_once(self, question: Question) -> Finding:
        return self._believed(question.about) or self._remember(
            question.about, await self._flight.share(question.about, lambda: _take(question))
        )

    def _believed(self, about: str) -> Finding | None:
        at, finding = self._seen.get(about, (float("-inf"), None))
        return finding if time.monotonic() - at < LOOK_SECONDS else None

    def _remember(self, about: str, finding: Finding) -> Finding:
        # What is wrong is mended any moment, and then seen at once.
        if finding.reason is not None or finding.doubt is not None:
            return finding
        now = time.monotonic()
        self._seen = {key: value for key, value in self._seen.items() if now - value[0] < LOOK_SECONDS}
        self._seen[about] = (now, finding)
        return finding


async def _take(question: Question) -> Finding:
    try:
        return await question.ask()
    except CallFailed as error:
        return _not_taken(error, about=question.about)


def _not_taken(error: CallFailed, *, about: str) -> Finding:
    """Raises the error where it is no matter of permissions."""
    finding = not_taken(error)
    if finding is None:
        raise error
    log.debug("preflight did not look at %s: %s", about, finding.skipped)
    return finding
