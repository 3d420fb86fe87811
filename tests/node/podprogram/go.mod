module sagemaker-endpoint-operator/podprogram

go 1.26.0
