"""The rights that the operator ships with, held against what it was seen to do."""
