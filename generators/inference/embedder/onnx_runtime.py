"""The default engine: all-MiniLM-L6-v2 on ONNX Runtime, from the packaged weights."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generators.inference.embedder import weights
from models.errors import ConfigurationError

BATCH = 8  # of 4, 8, 16 and 32; chunks of a batch are padded to its longest, so fewer waste less


@dataclass(frozen=True, slots=True)
class OnnxEmbedder:
    """Embeds with ONNX Runtime on all cores."""

    session: Any
    tokenizer: Any
    model_id: str
    dimensions: int = weights.DIMENSIONS

    @classmethod
    def load(cls, cache: Path) -> OnnxEmbedder:
        """Load the graph kept in a folder; build it where it is absent or cannot be read."""
        path = cache / f"{weights.NAME}-{weights.digest()}.onnx"
        session = _open(path) if path.exists() else None
        if session is None:
            _build(path)
            session = _open(path)
        if session is None:
            raise ConfigurationError(f"{path} cannot be loaded; is the disk full?")
        return cls(session, weights.tokenizer(), weights.model_id())

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32, shape (n, 384), rows of unit length, in the order of the texts."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for rows in batches([len(text) for text in texts], BATCH):
            encoded = self.tokenizer.encode_batch([texts[row] for row in rows])
            feed = {
                "ids": np.array([text.ids for text in encoded], np.int64),
                "mask": np.array([text.attention_mask for text in encoded], np.int64),
            }
            vectors[rows] = self.session.run(None, feed)[0]
        return vectors


def batches(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    """Yield row numbers by falling length, so that a batch is padded little."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _open(path: Path) -> Any:
    """Return a session over the file, or None where it is not a whole graph."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as failures

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0))
    options.log_severity_level = 3
    # Threads that wait by turning take the CPU from all else that runs: a fifth of it for nothing.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    broken = (failures.InvalidProtobuf, failures.Fail, failures.InvalidGraph, failures.NoSuchFile)
    try:
        return onnxruntime.InferenceSession(
            path, sess_options=options, providers=["CPUExecutionProvider"]
        )
    except broken:
        return None


def _build(path: Path) -> None:
    """Write the graph beside its place and rename it, so that nobody ever reads half of it."""
    from generators.inference.embedder.minilm_graph import build

    path.parent.mkdir(parents=True, exist_ok=True)
    model = build(weights.folder() / "model.safetensors")
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as file:
        file.write(model.SerializeToString())
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
