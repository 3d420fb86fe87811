"""Publishing to moto's SNS topics on behalf of an AWS service."""

from moto.sns.exceptions import TopicNotFound
from moto.sns.models import sns_backends

from .moto import Moto


class Topics:
    """SNS topics."""

    def __init__(self, moto: Moto) -> None:
        self._moto = moto

    async def __call__(self, *, topic_arn: str, subject: str, message: str) -> None:
        """Publish. Raises LookupError when there is no such topic."""
        await self._moto.run(lambda: _publish(topic_arn, subject, message))


def _publish(topic_arn: str, subject: str, message: str) -> None:
    _, _, _, region, account, _ = topic_arn.split(":", 5)
    backend = sns_backends[account][region]
    try:
        backend.get_topic(topic_arn)
    except TopicNotFound:
        raise LookupError(topic_arn) from None
    backend.publish(message=message, arn=topic_arn, subject=subject)
