"""What all parts of a status share."""

from typing import Annotated

from pydantic import ConfigDict

from endpoint_operator.api.schema import ApiModel, text

Text = Annotated[str, text(1024, minimum=None)]
Time = Annotated[str, text(40)]


class StatusModel(ApiModel):
    """Part of a status: fields that a later release wrote are passed over, so that a downgrade keeps working."""

    model_config = ConfigDict(extra="ignore")
