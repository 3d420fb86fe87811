"""Reads the models of the XGBoost container's model folder and predicts with them.

What is read and how several models are combined follows aws/sagemaker-xgboost-container
(algorithm_mode/serve_utils.py): every file at the root that is no dotfile is a model, whatever its name; several are an
ensemble.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xgboost

_LOG = logging.getLogger(__name__)
Predictions = npt.NDArray[np.float64]
# Their predictions are classes, of which there is no mean.
_VOTING_OBJECTIVES = frozenset({"multi:softmax", "binary:hinge"})
_PICKLE_MARK = b"\x80"
_JSON_OR_UBJ_MARK = b"{"


class UnreadableModelError(Exception):
    """The folder holds no model that this library reads; the text names the file and the remedy."""


@dataclass(frozen=True, kw_only=True)
class XgboostModel:
    """One model or an ensemble, ready to predict. Safe to use from several threads."""

    boosters: Sequence[xgboost.Booster]
    objective: str

    def predict(self, rows: xgboost.DMatrix) -> Predictions:
        """One prediction for each row (a vector for each with multi:softprob).

        Raises ValueError (XGBoostError) when the rows have more columns than the model has features.
        """
        each = [np.asarray(booster.predict(rows, validate_features=False)) for booster in self.boosters]
        if len(each) == 1:
            return each[0]
        if self.objective in _VOTING_OBJECTIVES:
            return np.apply_along_axis(_most_frequent, 0, np.stack(each))
        return np.asarray(np.mean(each, axis=0))


def _most_frequent(classes: Predictions) -> np.float64:
    return np.float64(np.bincount(classes.astype(int)).argmax())  # of several the smallest


def load_model(folder: Path, *, ensemble: bool) -> XgboostModel:
    """Read every model of the folder, or only the first by name without `ensemble`. Raises UnreadableModelError."""
    files = _model_files(folder)
    boosters = [_read(file) for file in (files if ensemble else files[:1])]
    return XgboostModel(boosters=boosters, objective=_objective(boosters[0]))


def _model_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UnreadableModelError(f"there is no model folder {folder}")
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for dotfile in (path for path in files if path.name.startswith(".")):
        _LOG.warning("%s is ignored; leave dotfiles out of model archives", dotfile)
    models = [path for path in files if not path.name.startswith(".")]
    if not models:
        raise UnreadableModelError(f"{folder} holds no model file; put it at the root of model.tar.gz, not in a folder")
    return models


def _read(file: Path) -> xgboost.Booster:
    _LOG.info("loading the model from %s", file)
    content = file.read_bytes()
    _refuse_old_formats(file, content)
    booster = xgboost.Booster()
    try:
        booster.load_model(bytearray(content))  # from memory the format is told by the content, not by the name
    except ValueError as error:
        first_line = str(error).splitlines()[0]
        raise UnreadableModelError(
            f"{file} is no model that xgboost {xgboost.__version__} reads: {first_line}. "
            "Save it with Booster.save_model to a name that ends in .json or .ubj."
        ) from error
    booster.set_param("nthread", 1)
    return booster


def _refuse_old_formats(file: Path, content: bytes) -> None:
    if content.startswith(_PICKLE_MARK):
        raise UnreadableModelError(
            f"{file} is a pickle. AWS's container unpickles it, this server does not: it would run whatever code the "
            "file holds. Save it with Booster.save_model to a name that ends in .json or .ubj."
        )
    if not content.startswith(_JSON_OR_UBJ_MARK):
        raise UnreadableModelError(
            f"{file} is neither JSON nor UBJ. If it is in XGBoost's old binary format, which was deprecated in 1.6 and "
            f"removed in 3.1 (this is {xgboost.__version__}): load it with xgboost 3.0 or older and save it again to a "
            "name that ends in .json or .ubj."
        )


def _objective(booster: xgboost.Booster) -> str:
    return str(json.loads(booster.save_config())["learner"]["objective"]["name"])
