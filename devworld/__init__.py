"""The world for development: a control plane, the simulator and the operator, kept running on this machine."""
