"""CloudWatch Logs: what model servers print, in the groups and streams that SageMaker writes them to."""
