"""What the development environment leaves out on purpose."""

import subprocess
import sys


def test_the_kubernetes_client_finds_no_validator_to_import_at_every_start_of_the_operator() -> None:
    looks = "import importlib.util as found; print(found.find_spec('kubernetes_validate'))"
    seen = subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "None", "it belongs into requirements/validators.in"
