"""The Price List API for Amazon SageMaker: what an instance of an endpoint costs an hour."""
