"""Writes what of the chart is made of other files: CRDs, version, schema, the README's tables.

    python -m hack.chart [FOLDER]

FOLDER is the chart's, charts/sagemaker-endpoint-operator unless given.
"""

import json
import re
import sys
import tomllib
from pathlib import Path

from hack.chart.documented_values import documented_values
from hack.chart.readme_tables import with_tables
from hack.chart.schema_file import completed, written
from hack.chart.settings_schema import settings_properties

PROJECT = Path(__file__).resolve().parents[2]
CHART = PROJECT / "charts" / "sagemaker-endpoint-operator"


def main(arguments: list[str]) -> None:
    generate(Path(arguments[0]) if arguments else CHART)


def generate(chart: Path) -> None:
    """Raises Undocumented and ValueError where the chart's files do not fit together."""
    _copy_crds(chart / "files" / "crds")
    _rewrite(chart / "Chart.yaml", with_version((chart / "Chart.yaml").read_text("utf-8"), version=version()))
    schema = json.loads((chart / "values.schema.json").read_text("utf-8"))
    values = documented_values((chart / "values.yaml").read_text("utf-8"), schema)
    settings = settings_properties()
    _rewrite(chart / "values.schema.json", written(completed(schema, values, settings)))
    _rewrite(chart / "README.md", with_tables((chart / "README.md").read_text("utf-8"), values, settings))


def version() -> str:
    """The operator's."""
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def with_version(chart_yaml: str, *, version: str) -> str:
    return re.sub(r"(?m)^(version|appVersion): .*$", rf"\g<1>: {version}", chart_yaml)


def _copy_crds(folder: Path) -> None:
    """Byte by byte; what crds/ has no more goes."""
    wanted = {file.name: file.read_bytes() for file in (PROJECT / "crds").glob("*.yaml")}
    folder.mkdir(parents=True, exist_ok=True)
    for there in folder.iterdir():
        if there.name not in wanted:
            there.unlink()
    for name, body in wanted.items():
        (folder / name).write_bytes(body)


def _rewrite(file: Path, text: str) -> None:
    if file.read_text("utf-8") != text:
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
