"""Where buildah keeps images and how it is configured: all of it in folders of ours, nothing of the machine's."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

# What is built here is read by nobody but us before it is signed, if it is.
POLICY = {"default": [{"type": "insecureAcceptAnything"}]}
ENGINE = '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
# There is nowhere to pull from: an image that is not in the storage is an error and not a question to the network.
REGISTRIES = 'unqualified-search-registries = []\nshort-name-mode = "disabled"\n'
STORAGE = '[storage]\ndriver = "overlay"\ngraphroot = {root}\nrunroot = {running}\n'
BENEATH = "[storage.options]\nadditionalimagestores = [{beneath}]\n"


@dataclasses.dataclass(frozen=True)
class Storage:
    """`settings` is a folder with the configuration files."""

    settings: Path

    @classmethod
    def make(cls, root: Path, *, settings: Path, beneath: Path | None = None) -> "Storage":
        """An empty one in `root`; the images of the storage `beneath` are in it too, and never changed."""
        text = STORAGE.format(root=json.dumps(str(root)), running=json.dumps(str(settings / "running")))
        if beneath is not None:
            text += BENEATH.format(beneath=json.dumps(str(beneath)))
        files = {
            "storage.conf": text,
            "containers.conf": ENGINE,
            "registries.conf": REGISTRIES,
            "policy.json": json.dumps(POLICY),
        }
        for name, content in files.items():
            (settings / name).write_text(content, encoding="utf-8")
        return cls(settings)

    @property
    def environment(self) -> Mapping[str, str]:
        """For buildah. Chroot isolation needs no runc and no control groups."""
        return {
            "CONTAINERS_STORAGE_CONF": str(self.settings / "storage.conf"),
            "CONTAINERS_CONF": str(self.settings / "containers.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(self.settings / "registries.conf"),
            "BUILDAH_ISOLATION": "chroot",
        }

    @property
    def policy_option(self) -> str:
        return f"--signature-policy={self.settings / 'policy.json'}"
