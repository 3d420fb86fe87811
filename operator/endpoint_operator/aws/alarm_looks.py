"""A look at the alarms that a rollout names, before it begins.

SageMaker rolls a rollout back as soon as one of its alarms is in ALARM: one that rings already ends it at once.
"""

from endpoint_operator.aws.alarms import AlarmApi
from endpoint_operator.aws.finding import Finding


class AlarmLooks:
    """Looks with DescribeAlarms. Alarms come and go: they leave no trace in what is remembered of a failure."""

    def __init__(self, alarms: AlarmApi) -> None:
        self._alarms = alarms

    async def look(self, name: str) -> Finding:
        """Whether the alarm is there and silent. Raises CallFailed."""
        alarm = await self._alarms.find(name)
        if alarm is None:
            sentence = f"there is no alarm {name} in CloudWatch; make it or correct the name"
            return Finding(trace="", reason="AlarmNotFound", sentence=sentence)
        if alarm.state == "ALARM":
            sentence = (
                f"the alarm {name} rings already, and SageMaker would roll back at once; "
                "the rollout begins when it is silent"
            )
            return Finding(trace="", reason="AlarmRinging", sentence=sentence)
        return Finding(trace="")
