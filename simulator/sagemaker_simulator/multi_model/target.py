"""A target model by its names: the key that a request gives, the object that it stands for, the container's name."""

import hashlib
from dataclasses import dataclass

_NAME_DIGITS = 32


@dataclass(frozen=True, kw_only=True)
class Target:
    """One model under a prefix (an s3:// URL with its slash)."""

    prefix: str
    key: str

    @property
    def url(self) -> str:
        return self.prefix + self.key

    @property
    def bucket(self) -> str:
        return self.url.removeprefix("s3://").partition("/")[0]

    @property
    def object_key(self) -> str:
        return self.url.removeprefix("s3://").partition("/")[2]

    def name_on(self, instance: int) -> str:
        """Return the opaque name under which the container of an instance knows the model.

        One process stands for all instances, so that the copy of each instance has a name of its own.
        """
        return hashlib.sha256(f"{instance} {self.url}".encode()).hexdigest()[:_NAME_DIGITS]


def prefix_of(model_data_url: str) -> str:
    """Return the prefix that ModelDataUrl names; the Developer Guide writes it with and without a slash at its end."""
    return model_data_url if model_data_url.endswith("/") else f"{model_data_url}/"
