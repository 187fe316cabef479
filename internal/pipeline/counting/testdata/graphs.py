# Writes the networks of the package's tests: detectors that find one person, and that fail at every
# picture or at bright ones. Run scripts/graphs.sh.
import os

import numpy as np
import onnx
from onnx import TensorProto, helper as h, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
SIDE, BRIGHT = 96, 200
PLACES = sum((SIDE // s) ** 2 for s in (8, 16, 32))


def value(name, kind, shape):
    return h.make_tensor_value_info(name, kind, shape)


def const(name, array):
    return numpy_helper.from_array(np.array(array), name)


def loop(nodes):
    """A loop that has no end if "fails" is true, and no pass otherwise."""
    body = h.make_graph(
        nodes + [h.make_node("Identity", ["go"], ["goes"])], "body",
        [value("i", INT64, []), value("go", BOOL, []), value("state", FLOAT, None)],
        [value("goes", BOOL, []), value("next", FLOAT, None)])
    return h.make_node("Loop", ["", "fails", "start"], ["left"], body=body)


FAULTS = {
    "sound": [h.make_node("Identity", ["start"], ["left"])],
    "forever": [loop([h.make_node("Add", ["state", "one"], ["next"])])],
    "allocate": [loop([h.make_node("Concat", ["state", "state"], ["next"], axis=0)])],
    # An index that is outside of the list, which the runtime reports.
    "outside": [
        h.make_node("Cast", ["fails"], ["number"], to=INT64),
        h.make_node("Mul", ["number", "far"], ["index"]),
        h.make_node("Gather", ["start", "index"], ["left"]),
    ],
}


def save(name, fault, always):
    box = np.zeros((1, 1, 85), np.float32)
    box[0, 0, :6] = [.5, .5, .1, .3, .9, .9]  # the middle, and a person
    nodes = [h.make_node("Pad", ["box", "pads"], ["boxes"])]
    nodes += [h.make_node("ReduceMean", ["x"], ["mean"], keepdims=0)]
    nodes += [h.make_node("Greater", ["mean", "bright"], ["fails"])]
    nodes += FAULTS[fault]
    nodes += [
        h.make_node("ReduceMean", ["left"], ["rest"], keepdims=0),
        h.make_node("Mul", ["rest", "zero"], ["nothing"]),
        h.make_node("Add", ["boxes", "nothing"], ["output"]),
    ]
    stored = [
        const("bright", np.float32(-1 if always else BRIGHT)), const("one", np.float32(1)),
        const("zero", np.float32(0)), const("start", np.array([1], np.float32)),
        const("far", np.int64(1000)), const("box", box),
        const("pads", np.array([0, PLACES - 5, 0, 0, 4, 0])),
    ]
    graph = h.make_graph(nodes, name, [value("x", FLOAT, [1, 3, SIDE, SIDE])],
                         [value("output", FLOAT, [1, PLACES, 85])], stored)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, os.path.join(HERE, name + ".onnx"))


for fault in FAULTS:
    save(fault, fault, False)
save("forever_always", "forever", True)
save("allocate_always", "allocate", True)
