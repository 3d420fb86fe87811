"""What should be, what is, and what to do next: decided without I/O, clock or randomness."""
