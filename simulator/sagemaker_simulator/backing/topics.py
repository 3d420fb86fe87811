"""Publishing to moto's SNS topics on behalf of an AWS service."""

from moto.core.exceptions import ServiceException
from moto.sns.exceptions import TopicNotFound
from moto.sns.models import sns_backends

from .moto import Moto


class Topics:
    """SNS topics."""

    def __init__(self, moto: Moto) -> None:
        self._moto = moto

    async def __call__(self, *, topic_arn: str, subject: str | None, message: str) -> None:
        """Publish. Raises LookupError when there is no such topic, OSError when SNS does not take the message."""
        await self._moto.run(lambda: _publish(topic_arn, subject, message))


def _publish(topic_arn: str, subject: str | None, message: str) -> None:
    _, _, _, region, account, _ = topic_arn.split(":", 5)
    backend = sns_backends[account][region]
    try:
        backend.get_topic(topic_arn)
    except TopicNotFound:
        raise LookupError(topic_arn) from None
    try:
        backend.publish(message=message, arn=topic_arn, subject=subject)
    except ServiceException as refused:
        raise OSError(f"SNS does not take the message: {refused}") from None
