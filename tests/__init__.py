"""The tests, and the control plane that they run on."""
