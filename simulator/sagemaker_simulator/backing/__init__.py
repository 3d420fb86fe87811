"""Services that SageMaker leans on (S3, IAM, STS, SNS, SQS, EventBridge, EC2, KMS), answered by moto in process."""
