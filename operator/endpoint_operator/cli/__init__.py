"""kubectl-inference: what people ask of the operator from a shell."""
