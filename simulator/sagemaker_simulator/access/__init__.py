"""Who may call: signatures (--verify-signatures) and an IAM policy (--enforce-policy). Both are off by default."""
