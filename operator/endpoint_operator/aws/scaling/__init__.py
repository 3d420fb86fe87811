"""Application Auto Scaling: its calls, and what is known without them."""
