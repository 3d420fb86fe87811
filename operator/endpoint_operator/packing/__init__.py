"""The packer: makes one model archive in S3 out of a directory in S3, without ever holding the whole of it.

A program of its own (`python -m endpoint_operator.packing pack`), which a Job runs in the model's namespace with the
model's own rights. It knows S3 and nothing of Kubernetes or SageMaker; of the operator it has only what is pure.
"""
