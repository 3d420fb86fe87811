"""The error code inside an answer of moto's: JSON services, query services and S3 each put it somewhere else."""

import json
import re

_XML_CODE = re.compile(rb"<Code>\s*([^<\s]+)\s*</Code>")


def error_code(body: bytes) -> str | None:
    """Return the code, None when the body holds none (HEAD has no body)."""
    found = _XML_CODE.search(body)
    if found is not None:
        return found.group(1).decode("utf-8", "replace")
    try:
        parsed = json.loads(body)
    except ValueError:
        return None
    if not isinstance(parsed, dict):
        return None
    code = parsed.get("__type") or parsed.get("code")
    return str(code).rpartition("#")[2] if code else None
