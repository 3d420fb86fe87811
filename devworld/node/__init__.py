"""A Kubernetes cluster of one real node on this machine, made from packages: pods run, Services answer, no Docker.

Everything of it lives under one process in namespaces of its own, so that taking it down is ending that process.
`node.Node` is the way in; `availability.available` says beforehand why there can be none. It knows nothing of
SageMaker, of the operator or of the simulator.
"""
