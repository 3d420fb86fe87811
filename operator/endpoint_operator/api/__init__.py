"""What a user types and reads: the kinds, their names and conditions, and the CRDs made from them. Pure."""
