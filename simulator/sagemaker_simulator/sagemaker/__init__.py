"""SageMaker's control plane: models, endpoint configs, endpoints and their states."""
