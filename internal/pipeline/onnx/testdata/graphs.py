# Writes the networks of the package's tests. Run scripts/graphs.sh.
import os

import numpy as np
import onnx
from onnx import TensorProto, helper as h, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def value(name, kind, shape):
    return h.make_tensor_value_info(name, kind, shape)


def const(name, array):
    return numpy_helper.from_array(np.array(array), name)


def save(name, nodes, inputs, outputs, stored=(), **metadata):
    graph = h.make_graph(nodes, name, inputs, outputs, list(stored))
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17), h.make_opsetid("example", 1)])
    model.ir_version = 8
    h.set_model_props(model, metadata)
    onnx.save(model, os.path.join(HERE, name + ".onnx"))


def loop(carried, body_nodes, body_stored=()):
    """A loop without an end that carries one tensor."""
    body = h.make_graph(
        body_nodes + [h.make_node("Identity", ["go"], ["goes"])], "body",
        [value("i", INT64, []), value("go", BOOL, []), value("state", FLOAT, None)],
        [value("goes", BOOL, []), value("next", FLOAT, None)], list(body_stored))
    return h.make_node("Loop", ["", "true", carried], ["y"], body=body)


x = value("x", FLOAT, [1, "n"])
y = value("y", FLOAT, None)
true = const("true", True)

# Twice the input, its shape, and its whole parts as other types.
save("double", [
    h.make_node("Mul", ["x", "two"], ["y"]),
    h.make_node("Shape", ["x"], ["shape"]),
    h.make_node("Cast", ["x"], ["small"], to=TensorProto.INT32),
    h.make_node("Cast", ["x"], ["half"], to=TensorProto.FLOAT16),
    h.make_node("Greater", ["x", "two"], ["more"]),
    h.make_node("Add", ["k", "k"], ["k2"]),
], [x, value("k", INT64, [2]), value("two", FLOAT, [1])], [
    value("y", FLOAT, [1, "n"]), value("shape", INT64, [2]), value("small", TensorProto.INT32, [1, "n"]),
    value("half", TensorProto.FLOAT16, [1, "n"]), value("more", BOOL, [1, "n"]), value("k2", INT64, [2]),
], [const("two", np.array([2], np.float32))], names="{0: 'person'}", author="tests")
save("forever", [loop("x", [h.make_node("Add", ["state", "one"], ["next"])])],
     [x], [y], [true, const("one", np.float32(1))])
save("allocate", [loop("x", [h.make_node("Concat", ["state", "state"], ["next"], axis=1)])], [x], [y], [true])
save("large", [
    h.make_node("Expand", ["x", "size"], ["wide"]),
    h.make_node("ReduceMean", ["wide"], ["y"]),
], [x], [y], [const("size", np.array([1 << 10, 1 << 18], np.int64))])
# One operator that computes for seconds.
save("slow", [
    h.make_node("Expand", ["x", "size"], ["a"]),
    h.make_node("MatMul", ["a", "a"], ["b"]),
    h.make_node("ReduceMean", ["b"], ["y"]),
], [value("x", FLOAT, [1, 1])], [y], [const("size", np.array([2500, 2500], np.int64))])
save("unknown", [h.make_node("Nonsuch", ["x"], ["y"], domain="example")], [x], [y])
# An index that depends on the input, which no check of the graph can refuse.
save("outside", [
    h.make_node("Cast", ["x"], ["index"], to=INT64),
    h.make_node("Gather", ["list", "index"], ["y"]),
], [x], [y], [const("list", np.array([1, 2, 3], np.float32))])
# A shape that depends on the input. The runtime throws an exception.
save("misshapen", [
    h.make_node("Cast", ["x"], ["cast"], to=INT64),
    h.make_node("Squeeze", ["cast", "first"], ["shape"]),
    h.make_node("Reshape", ["list", "shape"], ["y"]),
], [x], [y], [const("list", np.array([1, 2, 3], np.float32)), const("first", np.array([0], np.int64))])
# Text, which no tensor of the host can have.
save("text", [h.make_node("Constant", [], ["y"], value=h.make_tensor("t", TensorProto.STRING, [1], [b"a"]))],
     [x], [value("y", TensorProto.STRING, [1])])
