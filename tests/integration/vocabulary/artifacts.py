"""Model archives with a script in them, as AWS's framework containers take it: code/inference.py beside the model."""

import io
import tarfile


def script_archive(script: str) -> bytes:
    """model.tar.gz with nothing but the script."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("code/inference.py")
        body = script.encode()
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    return packed.getvalue()
