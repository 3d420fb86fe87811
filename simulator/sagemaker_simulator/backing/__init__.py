"""Services that SageMaker leans on (S3, IAM, STS, SNS, SQS, EventBridge), answered by moto in this process."""
