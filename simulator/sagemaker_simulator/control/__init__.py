"""The control API under /_sim: one file a group of routes. Never recorded as a call, never faulted."""
