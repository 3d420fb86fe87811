"""A real Kubernetes control plane on the loopback, for tests, the demo and the development world.

It knows nothing of SageMaker, of the operator or of the simulator.
"""
