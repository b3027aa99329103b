"""The layers of a sentence encoder as a graph for ONNX Runtime: words look at each other, then each is thought over.

The weights are whole numbers of seven bits with a size for each output: with eight, processors without the newest
instructions would overflow and give other rows. What goes through is rounded to eight bits on the way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]
from onnx import TensorProto, helper

Floats = npt.NDArray[np.float32]

WORDS = "words"
OWN = "com.microsoft"  # operations that ONNX Runtime adds to the standard ones
STANDARD, OWN_VERSION, FORM = 20, 1, 10
LARGEST = 63


@dataclass(frozen=True)
class Shape:
    """How large the encoder is; `small` keeps a division from being one by zero."""

    layers: int
    width: int
    heads: int
    inner: int
    small: float


class Graph:
    """Writes the graph of an encoder: what goes in is the sum of word and place for each piece of a text.

    The weights are asked for by their names in the file: `matrix(name, outputs, inputs)` gives a row an output.
    """

    def __init__(
        self, shape: Shape, floats: Callable[[str], Floats], matrix: Callable[[str, int, int], Floats]
    ) -> None:
        """Take what there is to read from."""
        self._shape, self._floats, self._matrix = shape, floats, matrix
        self._nodes: list[Any] = []
        self._tables: dict[str, npt.NDArray[Any]] = {}
        size = shape.layers * 2 * shape.width * (2 * shape.width + shape.inner)
        self._room = np.empty(
            size, np.int8
        )  # for all weights: ONNX Runtime lays them out anew, and this goes at once

    def on_one_core(self) -> Any:
        """Give what runs the graph: (1, pieces, width) in, and as much out."""
        values = self._normal(WORDS, "emb.ln")
        for number in range(self._shape.layers):
            values = self._layer(values, f"l{number}.")
        size: list[str | int | None] = [1, "pieces", self._shape.width]
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info(WORDS, TensorProto.FLOAT, size)],
            [helper.make_tensor_value_info(values, TensorProto.FLOAT, size)],
            [_elsewhere(name, values) for name, values in self._tables.items()],
        )
        versions = [helper.make_opsetid("", STANDARD), helper.make_opsetid(OWN, OWN_VERSION)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=FORM)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # More of it joins sums with the layers that bring them to one size, which takes a fifth longer.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        tables = [onnxruntime.OrtValue.ortvalue_from_numpy(table) for table in self._tables.values()]
        options.add_external_initializers(list(self._tables), tables)
        return onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def _layer(self, values: str, prefix: str) -> str:
        width, inner = self._shape.width, self._shape.inner
        asked = self._times(values, [f"{prefix}{name}" for name in "qkv"], width, width)
        parts = [f"{prefix}{name} asked" for name in "qkv"]
        self._nodes.append(helper.make_node("Split", [asked], parts, axis=2, num_outputs=3))
        seen = self._do("MultiHeadAttention", parts, prefix + "seen", OWN, num_heads=self._shape.heads)
        joined = self._times(seen, [prefix + "ao"], width, width)
        values = self._normal(self._do("Add", [values, joined], prefix + "joined"), prefix + "aln")
        wide = self._do("Gelu", [self._times(values, [prefix + "fi"], inner, width)], prefix + "wide")
        narrowed = self._times(wide, [prefix + "fo"], width, inner)
        return self._normal(self._do("Add", [values, narrowed], prefix + "narrowed"), prefix + "oln")

    def _times(self, values: str, names: list[str], outputs: int, inputs: int) -> str:
        weights = np.concatenate([self._matrix(f"{name}.w", outputs, inputs) for name in names])
        rest = np.concatenate([self._floats(f"{name}.b") for name in names])
        size = np.maximum(np.abs(weights).max(1), 1e-9) / LARGEST
        name = "+".join(names)
        room, self._room = np.split(self._room, [weights.size])
        whole = room.reshape(inputs, len(size))
        whole[:] = np.rint(weights / size[:, None]).T
        tables = {"weights": whole, "size": size, "zero": np.zeros(len(size), np.int8), "rest": rest}
        given = [self._table(f"{name} {kind}", table) for kind, table in tables.items()]
        return self._do("DynamicQuantizeMatMul", [values, *given], f"{name} times", OWN)

    def _normal(self, values: str, name: str) -> str:
        scale, shift = (self._table(f"{name}.{part}", self._floats(f"{name}.{part}")) for part in "wb")
        return self._do(
            "LayerNormalization", [values, scale, shift], f"{name} normal", epsilon=self._shape.small
        )

    def _do(self, operation: str, given: list[str], result: str, domain: str = "", **settings: Any) -> str:
        self._nodes.append(helper.make_node(operation, given, [result], domain=domain, **settings))
        return result

    def _table(self, name: str, values: npt.NDArray[Any]) -> str:
        self._tables[name] = values
        return name


def _elsewhere(name: str, values: npt.NDArray[Any]) -> TensorProto:
    """Name a table whose numbers are handed over beside the graph, which saves three copies of them."""
    kind = helper.np_dtype_to_tensor_dtype(values.dtype)
    found = TensorProto(name=name, data_type=kind, dims=values.shape, data_location=TensorProto.EXTERNAL)
    found.external_data.add(key="location", value="beside")
    return found
