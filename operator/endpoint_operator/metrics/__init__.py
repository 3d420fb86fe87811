"""What the operator tells of itself over HTTP."""
