"""Service Quotas for SageMaker: the quotas of instances for endpoints, as the setting `quotas` says."""
