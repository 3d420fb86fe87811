"""The project's container images, built from their Dockerfiles where there is neither Docker nor an image registry.

`building.built` is the way in; `availability.available` says beforehand why there can be none. What comes out are OCI
archives, for a node of `devworld.node`, for a registry, or to look at, each with the list of what is in it.
"""
