"""How long a serverless container may take until it answers /ping.

Three minutes ("Serverless Inference", container support, in the SageMaker Developer Guide); it has no member of its own
in ProductionVariant.
"""

PING_SECONDS = 180  # real
