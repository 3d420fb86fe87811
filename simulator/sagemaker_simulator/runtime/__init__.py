"""SageMaker Runtime: requests to endpoints."""
