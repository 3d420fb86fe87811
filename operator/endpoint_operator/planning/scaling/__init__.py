"""Autoscaling: what is wanted, what Application Auto Scaling has, what to do and what to say. Pure."""
