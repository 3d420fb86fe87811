"""Values from Secrets and ConfigMaps: where they stand, and how they stay hidden. Pure."""
