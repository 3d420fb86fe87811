"""kubectl-inference as a process of its own, against a real cluster, a real operator and the simulator."""
