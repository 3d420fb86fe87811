"""The loop: keys come in, passes are made, nothing is lost. Knows neither AWS nor kopf."""
