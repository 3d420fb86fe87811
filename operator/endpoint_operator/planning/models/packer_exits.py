"""How the packer ends: exit codes that tell its Job whether to try again, and the operator whose fault it was."""

from enum import IntEnum


class PackerExit(IntEnum):
    """Everything that is not here (a crash, a kill, S3 out of order) is tried again by the Job."""

    PACKED = 0
    REFUSED = 10
    """The directory, or what is asked of it, is wrong."""
    SOURCE_CHANGED = 11
    """The directory is no longer the one that was planned with."""
    FORBIDDEN = 12
    """AWS lets the packer not read the source or not write the target, or there are no credentials."""
    TARGET_TAKEN = 13
    """Something else is under the key."""
    WORLD = 20
    """S3 did not answer, or answered with trouble of its own; worth another try."""

    @property
    def final(self) -> bool:
        """Whether another try at the same would end the same."""
        return self in _FINAL


_FINAL = (PackerExit.REFUSED, PackerExit.SOURCE_CHANGED, PackerExit.FORBIDDEN, PackerExit.TARGET_TAKEN)
