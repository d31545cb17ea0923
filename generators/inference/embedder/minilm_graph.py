"""The ONNX graph of all-MiniLM-L6-v2, built from its safetensors.

Source: BERT (Devlin et al. 2018) with the pooling of sentence-transformers: masked mean, then unit
length. Attention, SkipLayerNormalization and BiasGelu are ONNX Runtime's fused operators (domain
com.microsoft); with the plain ONNX ones the vectors are the same and the run is slower.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

LAYERS, HEADS, EPSILON = 6, 12, 1e-12
FUSED = "com.microsoft"

Tensors = dict[str, NDArray[Any]]


class _Graph:
    """Nodes and constants as they are added; every output has the name that it is asked for."""

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self.tensors[name])

    def matrix(self, name: str) -> str:
        # torch keeps linear weights as (out, in); MatMul wants (in, out).
        return self.constant(name, self.tensors[name].T)

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output


def build(safetensors: Path) -> ModelProto:
    """Build the graph: `ids` and `mask`, int64 (n, tokens), to `vectors`, float32 (n, 384)."""
    graph = _Graph(load_file(safetensors))
    states = _embeddings(graph)
    graph.add("Cast", ["mask"], "mask_int32", to=TensorProto.INT32)
    for layer in range(LAYERS):
        states = _layer(graph, states, f"encoder.layer.{layer}")
    _pool(graph, states)
    shape = ["n", "tokens"]
    made = helper.make_graph(
        graph.nodes,
        "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("ids", "mask")],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", 384])],
        list(graph.constants.values()),
    )
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10)


def _embeddings(graph: _Graph) -> str:
    """Add words, positions and token type 0, normalised."""
    words = graph.add("Gather", [graph.weight("embeddings.word_embeddings.weight"), "ids"], "words")
    places = (
        graph.tensors["embeddings.position_embeddings.weight"]
        + graph.tensors["embeddings.token_type_embeddings.weight"][0]
    )
    graph.add("Shape", ["ids"], "tokens", start=1, end=2)
    zero, axis = (
        graph.constant("zero", np.zeros(1, np.int64)),
        graph.constant("axis", np.zeros(1, np.int64)),
    )
    here = graph.add("Slice", [graph.constant("places", places), zero, "tokens", axis], "here")
    summed = graph.add("Add", [words, here], "embedded")
    scale, shift = (graph.weight(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias"))
    return graph.add(
        "LayerNormalization", [summed, scale, shift], "normalised", axis=-1, epsilon=EPSILON
    )


def _layer(graph: _Graph, states: str, name: str) -> str:
    """Add one transformer layer; return the name of its output."""
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    weights = np.concatenate([graph.tensors[f"{part}.weight"].T for part in parts], axis=1)
    biases = np.concatenate([graph.tensors[f"{part}.bias"] for part in parts])
    attended = graph.add(
        "Attention",
        [
            states,
            graph.constant(f"{name}.qkv.weight", weights),
            graph.constant(f"{name}.qkv.bias", biases),
            "mask_int32",
        ],
        f"{name}.attended",
        domain=FUSED,
        num_heads=HEADS,
    )
    states = _residual(graph, attended, states, f"{name}.attention.output")
    wide = graph.add(
        "MatMul", [states, graph.matrix(f"{name}.intermediate.dense.weight")], f"{name}.wide"
    )
    active = graph.add(
        "BiasGelu",
        [wide, graph.weight(f"{name}.intermediate.dense.bias")],
        f"{name}.active",
        domain=FUSED,
    )
    return _residual(graph, active, states, f"{name}.output")


def _residual(graph: _Graph, states: str, skip: str, name: str) -> str:
    """Project, add the skipped states and the bias, normalise."""
    dense = graph.add("MatMul", [states, graph.matrix(f"{name}.dense.weight")], f"{name}.projected")
    parts = ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")
    return graph.add(
        "SkipLayerNormalization",
        [dense, skip, *(graph.weight(f"{name}.{part}") for part in parts)],
        f"{name}.states",
        domain=FUSED,
        epsilon=EPSILON,
    )


def _pool(graph: _Graph, states: str) -> None:
    """Add the mean over the tokens of each text and bring it to unit length."""
    ones = graph.constant("one", np.ones(1, np.int64))
    graph.add("Cast", ["mask"], "mask_float", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["mask_float", ones], "mask_row")
    # (n, 1, tokens) x (n, tokens, 384): the masked sum as one product. Its length does not matter,
    # since the mean is brought to unit length.
    graph.add("MatMul", ["mask_row", states], "summed")
    graph.add("Squeeze", ["summed", ones], "mean")
    graph.add("LpNormalization", ["mean"], "vectors", axis=-1, p=2)
