"""How pip in a build reaches the package index that pip on this machine reaches, without leaving a word of it behind.

Settings and authorities are mounted into the build, so they are in no layer; proxies are variables that buildah passes
on and does not keep.
"""

import os
import ssl
import subprocess
import sys
from pathlib import Path

# Of the machine's settings those that say where the index is; `cert` is answered below.
TAKEN = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "retries")
ALWAYS = {"root-user-action": "ignore", "disable-pip-version-check": "true"}
AUTHORITIES_INSIDE = "/run/build/authorities.crt"
SETTINGS_INSIDE = "/etc/pip.conf"
AUTHORITIES_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def mounts(folder: Path) -> tuple[str, ...]:
    """buildah's --volume options; the settings are written into `folder`."""
    settings, trusted = _machine_settings(), authorities()
    if trusted is not None:
        settings["cert"] = AUTHORITIES_INSIDE
    file = folder / "pip.conf"
    lines = [f"{name} = {value}" for name, value in sorted((settings | ALWAYS).items())]
    file.write_text("\n".join(["[global]", *lines]) + "\n", encoding="utf-8")
    options = [f"--volume={file}:{SETTINGS_INSIDE}:ro"]
    if trusted is not None:
        options.append(f"--volume={trusted}:{AUTHORITIES_INSIDE}:ro")
    return tuple(options)


def _machine_settings() -> dict[str, str]:
    """Of files and variables, as pip itself reads them."""
    command = (sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list")
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = (line.partition("=") for line in listed.splitlines())
    named = {key.rpartition(".")[2].replace("_", "-"): value.strip("'\"") for key, _, value in rows}
    return {name: named[name] for name in TAKEN if name in named}


def authorities() -> Path | None:
    """The file with those that this machine trusts; None leaves pip to its own."""
    told = [os.environ[name] for name in AUTHORITIES_VARIABLES if os.environ.get(name)]
    defaults = ssl.get_default_verify_paths()
    usual = (defaults.cafile, "/etc/ssl/certs/ca-certificates.crt")
    found = (Path(path) for path in (*told, *usual) if path)
    return next((path for path in found if path.is_file()), None)
