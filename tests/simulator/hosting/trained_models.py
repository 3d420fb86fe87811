"""Tiny models trained on the spot, packed as SageMaker expects them."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xgboost

FEATURES = 5
Matrix = npt.NDArray[np.float64]


def some_rows(count: int, *, seed: int = 0) -> Matrix:
    """Rows with many zeros, so that their sparse form is another than their dense one."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(count, FEATURES)).round(6)
    rows[random.random(rows.shape) < 0.4] = 0.0
    rows[0] = np.arange(1, FEATURES + 1)  # the first row has every feature, so that indices plainly count from 0
    return rows


def train(*, seed: int, **parameters: object) -> xgboost.Booster:
    rows = some_rows(300, seed=seed)
    weights = np.random.default_rng(seed).normal(size=FEATURES)
    labels = rows @ weights
    if parameters:
        labels = np.digitize(labels, [-1.0, 1.0]).astype(float)
    return xgboost.train({"max_depth": 3, "nthread": 1, **parameters}, xgboost.DMatrix(rows, label=labels), 10)


def saved(booster: xgboost.Booster, *, as_format: str = "ubj") -> bytes:
    return bytes(booster.save_raw(raw_format=as_format))


def packed(files: Mapping[str, bytes]) -> bytes:
    """A model.tar.gz."""
    members = []
    for name, content in files.items():
        member = tarfile.TarInfo(name)
        member.size = len(content)
        members.append((member, content))
    return packed_members(members)


def packed_members(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def as_csv(rows: Matrix) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in rows.tolist()).encode()


def as_libsvm(rows: Matrix) -> bytes:
    lines = [" ".join(f"{index}:{value}" for index, value in enumerate(row) if value) for row in rows.tolist()]
    return "\n".join(f"0 {line}" for line in lines).encode()


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
