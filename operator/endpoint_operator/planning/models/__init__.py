"""What is decided about models of multi-model endpoints: the same flow as for endpoints, in fewer words."""
