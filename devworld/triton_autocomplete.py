"""A Triton Python model that completes what somebody types, from how often words follow each other in a text.

It is packed as `1/model.py` next to the tenant's `1/corpus.txt` and runs in Triton's own Python: numpy is all it has.
Input `TEXT`, output `COMPLETION` (both strings, one for each element).
"""

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

WORDS_ADDED = 3


class Completer:
    """The most frequent next words; of equals the one that comes first in the alphabet."""

    def __init__(self, corpus: str) -> None:
        self._words: Counter[str] = Counter()
        self._next: dict[str, Counter[str]] = defaultdict(Counter)
        for sentence in corpus.lower().splitlines():
            words = sentence.split()
            self._words.update(words)
            for word, following in pairwise(words):
                self._next[word][following] += 1

    def complete(self, text: str) -> str:
        """The text with its last word finished, and up to three words after it."""
        *before, last = text.lower().split() or [""]
        words = [*before, self._finished(last)]
        for _ in range(WORDS_ADDED):
            following = self._next.get(words[-1])
            if not following:
                break
            words.append(most_frequent(following))
        return " ".join(words)

    def _finished(self, beginning: str) -> str:
        if beginning in self._words:
            return beginning
        candidates = Counter({word: count for word, count in self._words.items() if word.startswith(beginning)})
        return most_frequent(candidates) if candidates else beginning


def most_frequent(words: "Counter[str]") -> str:
    return min(words, key=lambda word: (-words[word], word))


class TritonPythonModel:
    """What Triton's Python backend calls."""

    def initialize(self, _arguments: dict[str, str]) -> None:
        corpus = Path(__file__).with_name("corpus.txt").read_text(encoding="utf-8")
        self.completer = Completer(corpus)

    def execute(self, requests: list[Any]) -> list[Any]:
        import triton_python_backend_utils as backend  # type: ignore[import-not-found]  # only in Triton's process

        responses = []
        for request in requests:
            texts = backend.get_input_tensor_by_name(request, "TEXT").as_numpy()
            completed = [self.completer.complete(text.decode()) for text in texts.ravel()]
            tensor = backend.Tensor("COMPLETION", np.array(completed, dtype=object).reshape(texts.shape))
            responses.append(backend.InferenceResponse([tensor]))
        return responses
