"""A proxy in front of the API server for the operator alone: it passes all through, and misbehaves on command."""
