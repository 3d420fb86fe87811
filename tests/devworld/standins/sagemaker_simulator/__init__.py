"""In the simulator's place where a test is about starting and stopping programs, not about what they do."""
