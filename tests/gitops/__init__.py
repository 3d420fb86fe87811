"""What Argo CD, Flux, Helm and kubectl make of our objects, and whether the operator leaves theirs alone."""
