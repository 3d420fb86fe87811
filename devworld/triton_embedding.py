"""A Triton Python model that turns texts into vectors of length 1, near each other where texts share pieces of words.

Hashed three-letter pieces through a fixed random projection (feature hashing; no weights to download). Packed as
`1/model.py`, run in Triton's own Python with numpy only. Input `TEXT`, output `EMBEDDING`, a row for each text.
"""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

DIMENSIONS = 64
PIECE = 3
BUCKETS = 4096
SEED = 7

Vectors = npt.NDArray[np.float32]


class Embedder:
    """The same text has the same vector on every machine."""

    def __init__(self) -> None:
        self._projection = np.random.default_rng(SEED).normal(size=(BUCKETS, DIMENSIONS)).astype(np.float32)

    def embed(self, texts: list[str]) -> Vectors:
        """One row for each text."""
        return np.stack([self._embed_one(text) for text in texts])

    def _embed_one(self, text: str) -> Vectors:
        padded = f"  {text.lower()} "
        pieces = (padded[start : start + PIECE] for start in range(len(padded) - PIECE + 1))
        counts = np.zeros(BUCKETS, dtype=np.float32)
        for piece in pieces:
            counts[zlib.crc32(piece.encode()) % BUCKETS] += 1
        vector = np.sqrt(counts) @ self._projection
        unit: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit


class TritonPythonModel:
    """What Triton's Python backend calls."""

    def initialize(self, _arguments: dict[str, str]) -> None:
        self.embedder = Embedder()

    def execute(self, requests: list[Any]) -> list[Any]:
        import triton_python_backend_utils as backend  # type: ignore[import-not-found]  # only in Triton's process

        responses = []
        for request in requests:
            texts = backend.get_input_tensor_by_name(request, "TEXT").as_numpy()
            vectors = self.embedder.embed([text.decode() for text in texts.ravel()])
            responses.append(backend.InferenceResponse([backend.Tensor("EMBEDDING", vectors)]))
        return responses
