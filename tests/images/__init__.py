"""Tests of the project's container images."""
