"""Writes the catalogue of framework images and the sample that it is tested with.

    python -m venv /tmp/sdk && /tmp/sdk/bin/pip install 'sagemaker==3.27.0'
    /tmp/sdk/bin/python hack/framework_catalogue

Run it with a newer SDK to learn of newer images; the diff shows what AWS has added. The operator and its tests do
without the SDK.
"""

import datetime
import json
from pathlib import Path

import catalogue
import sample

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "operator/endpoint_operator/catalogue/images.jsonl"
SAMPLE = ROOT / "tests/unit/data/framework_images.jsonl"


def main() -> None:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    CATALOGUE.write_text("".join(f"{line}\n" for line in catalogue.Catalogue().lines(date=today)))
    SAMPLE.parent.mkdir(parents=True, exist_ok=True)
    rows = (json.dumps(row, separators=(",", ":")) for row in sample.rows())
    SAMPLE.write_text("".join(f"{row}\n" for row in rows))
    for file in (CATALOGUE, SAMPLE):
        print(f"{file.relative_to(ROOT)}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
