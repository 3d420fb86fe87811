"""The chart and the images on a whole cluster, as somebody tries them: on kind, or on the project's own node."""
