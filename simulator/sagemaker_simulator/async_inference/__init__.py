"""Asynchronous inference: requests that wait in a queue, whose input and output lie in S3."""
