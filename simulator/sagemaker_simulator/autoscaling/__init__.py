"""Application Auto Scaling for SageMaker's variants: scalable targets, policies, schedules, and real scaling."""
