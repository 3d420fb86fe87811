"""Turns a request body into rows, by the XGBoost container's rules.

The rules are those of aws/sagemaker-xgboost-container: data_utils.get_content_type, encoder.csv_to_dmatrix and
serve_utils.parse_content_data. It answers 415 for a type that it does not take and for a body that it cannot parse.
"""

import csv

import numpy as np
import xgboost
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

_CSV = frozenset({"csv", "text/csv"})
_LIBSVM = frozenset({"libsvm", "text/libsvm", "text/x-libsvm"})
_SNIFFED_CHARACTERS = 512


class UnsupportedBodyError(Exception):
    """The body cannot become rows; the text is for the caller, who gets status 415."""


def parse_rows(body: bytes, content_type: str | None) -> xgboost.DMatrix:
    """Rows of a body that is not empty; without a content type the container takes it for libsvm.

    Raises UnsupportedBodyError.
    """
    kind, *parameters = [part.strip() for part in (content_type or "text/libsvm").lower().split(";")]
    if kind in _CSV:
        if any(parameter.startswith("label_size=") and parameter != "label_size=1" for parameter in parameters):
            raise UnsupportedBodyError(f"{content_type}: label_size must be 1 where it is given")
        return _rows(body, kind="csv")
    if kind in _LIBSVM:
        return _rows(body, kind="libsvm")
    raise UnsupportedBodyError(
        f"Content-type {content_type} is not supported. Supported are text/csv and text/libsvm "
        "(AWS's container also takes application/x-recordio-protobuf, which this server does not)."
    )


def _rows(body: bytes, *, kind: str) -> xgboost.DMatrix:
    parse = {"csv": _csv_matrix, "libsvm": _libsvm_matrix}[kind]
    try:
        return xgboost.DMatrix(parse(body.strip().decode("utf-8")), nthread=1)
    except (ValueError, csv.Error) as error:
        raise UnsupportedBodyError(f"the body cannot be read as {kind}: {error}; send data in {kind} format") from error


def _csv_matrix(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Dense rows without a header or a label; an empty cell is a missing value."""
    lines = text.split("\n")
    delimiter = csv.Sniffer().sniff(lines[0][:_SNIFFED_CHARACTERS]).delimiter
    if delimiter.isalnum():  # a single column: there is no delimiter to find
        delimiter = ","
    return np.array([[cell.strip() or "nan" for cell in line.split(delimiter)] for line in lines]).astype(float)


def _libsvm_matrix(text: str) -> csr_matrix:
    """Sparse rows of index:value; what has no colon (a label) is passed over.

    Indices count from 0 when any of them is 0, else from 1 and are shifted, as the container does since its 3.0 line.
    """
    cells = [
        (row, *token.split(":", 1))
        for row, line in enumerate(text.split("\n"))
        for token in line.split()
        if ":" in token
    ]
    rows = np.array([row for row, _, _ in cells], dtype=int)
    columns = np.array([index for _, index, _ in cells]).astype(int)
    values = np.array([value for _, _, value in cells]).astype(float)
    if len(columns) and columns.min() >= 1:
        columns = columns - 1
    width = int(columns.max()) + 1 if len(columns) else 0
    return csr_matrix((values, (rows, columns)), shape=(text.count("\n") + 1, width))
