"""The loop under attack: kills, cut watches, replicas that fight, an AWS that misbehaves."""
