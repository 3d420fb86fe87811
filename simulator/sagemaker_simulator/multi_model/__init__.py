"""Containers that hold many models: brought from S3, loaded, unloaded and invoked one by one, as they are asked for.

Source: "Multi-model endpoints", "Custom containers contract for multi-model endpoints" and "Invoke a multi-model
endpoint" in the SageMaker Developer Guide. A model that nobody asks for costs nothing here.
"""
