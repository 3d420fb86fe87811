"""The operator as Pods on the project's own node: who acts while Pods come and go, and what an upgrade changes."""
