# Writes small detectors of each head, pictures, and the boxes that native ONNX Runtime finds in the
# pictures. The boxes depend on the picture. Run scripts/graphs.sh.
#
# The weights are random. A picture is left out if a score or an overlap is near a threshold, so that
# rounding cannot add or remove a box.
import json
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper as h, numpy_helper
from PIL import Image, ImageDraw

HERE = os.path.dirname(os.path.abspath(__file__))
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
SIDE, SCORE, OVERLAP, WITHIN = 96, 0.25, 0.6, 0.75


class Graph:
    """A graph that grows by nodes."""

    def __init__(self, named=True):
        self.nodes, self.stored, self.n, self.named = [], [], 0, named

    def const(self, array):
        self.n += 1
        self.stored.append(numpy_helper.from_array(np.asarray(array), f"c{self.n}"))
        return f"c{self.n}"

    def do(self, op, *inputs, out=None, count=1, **attributes):
        self.n += 1
        outs = [out or f"v{self.n}"] if count == 1 else [f"v{self.n}_{i}" for i in range(count)]
        self.nodes.append(h.make_node(op, list(inputs), outs, f"n{self.n}" if self.named else None, **attributes))
        return outs[0] if count == 1 else outs

    def model(self, inputs, outputs, **metadata):
        graph = h.make_graph(self.nodes, "detector", inputs, outputs, self.stored)
        m = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)])
        m.ir_version = 8
        h.set_model_props(m, metadata)
        onnx.checker.check_model(m)
        return m.SerializeToString()


def value(name, kind, *shape):
    return h.make_tensor_value_info(name, kind, shape)


def level(g, x, stride, channels, rng, scale, shift):
    """A row of channels for each place of a grid: [1, places, channels]."""
    pooled = g.do("AveragePool", x, kernel_shape=[stride, stride], strides=[stride, stride], ceil_mode=1)
    w = rng.normal(size=(channels, 3, 1, 1))
    w = ((w - w.mean(1, keepdims=True)) * scale).astype(np.float32)  # grey is nothing
    y = g.do("Conv", pooled, g.const(w), g.const(shift.astype(np.float32)))
    y = g.do("Reshape", y, g.const(np.array([1, channels, -1])))
    return g.do("Transpose", y, perm=[0, 2, 1])


def part(g, x, start, end, axis=2):
    return g.do("Slice", x, g.const(np.array([start])), g.const(np.array([end])), g.const(np.array([axis])))


def grids(strides):
    return np.concatenate([
        [(x, y, s) for y in range(-(-SIDE // s)) for x in range(-(-SIDE // s))] for s in strides
    ]).astype(np.float32)


def dense(rng, strides, sides, ones, classes, spread, box_spread=0.6, rare=(1, 5)):
    """The rows of all levels, as boxes and scores."""
    g = Graph()
    boxes, scores = [], []
    rare = -rng.uniform(*rare)
    for s in strides:
        shift = np.concatenate([np.zeros(sides), np.full(ones + classes, rare)])
        if sides == 4:
            shift[2:4] = 1.0
        else:
            shift[:sides] = rng.normal(size=sides)
        scale = np.concatenate([np.full(sides, box_spread), np.full(ones + classes, 3.0)])[:, None, None, None] * spread
        rows = level(g, "images", s, sides + ones + classes, rng, scale, shift)
        boxes.append(part(g, rows, 0, sides))
        scores.append(g.do("Sigmoid", part(g, rows, sides, sides + ones + classes)))
    return g, g.do("Concat", *boxes, axis=1), g.do("Concat", *scores, axis=1)


def detr(rng, sized, pixels=False):
    # The runtime's optimizations fail with nodes without names.
    g = Graph(named=not pixels)
    shift = np.concatenate([np.zeros(4), np.full(80, -rng.uniform(2, 9))])
    scale = np.concatenate([np.full(4, 1.5), np.full(80, 3.5)])[:, None, None, None]
    rows = level(g, "images", 16, 84, rng, scale, shift)
    b = g.do("Sigmoid", part(g, rows, 0, 4))
    center, size = part(g, b, 0, 2), g.do("Mul", part(g, b, 2, 4), g.const(np.float32(0.25)))
    boxes = g.do("Concat", g.do("Sub", center, size), g.do("Add", center, size), axis=2)
    if sized:
        twice = g.do("Concat", "orig_target_sizes", "orig_target_sizes", axis=1)
        boxes = g.do("Mul", boxes, g.do("Unsqueeze", g.do("Cast", twice, to=FLOAT), g.const(np.array([1]))))
    elif pixels:
        boxes = g.do("Mul", boxes, g.const(np.float32(SIDE)))
    g.do("Identity", boxes, out="boxes")
    scores = g.do("Sigmoid", part(g, rows, 4, 84))
    g.do("ReduceMax", scores, out="scores", axes=[2], keepdims=0)
    g.do("ArgMax", scores, out="labels", axis=2, keepdims=0)
    inputs = [value("images", FLOAT, "N", 3, SIDE, SIDE)]
    if sized:
        inputs.append(value("orig_target_sizes", INT64, "N", 2))
    return g.model(inputs, [value("labels", INT64, "N", 36), value("boxes", FLOAT, "N", 36, 4), value("scores", FLOAT, "N", 36)])


def image(*shape):
    return [value("images", FLOAT, *(shape or (1, 3, SIDE, SIDE)))]


def yolox(rng, decoded=False):
    g, boxes, scores = dense(rng, (8, 16, 32), 4, 1, 80, 1 / 128)
    if decoded:
        p = grids((8, 16, 32))
        xy = g.do("Mul", g.do("Add", part(g, boxes, 0, 2), g.const(p[None, :, :2])), g.const(p[None, :, 2:]))
        wh = g.do("Mul", g.do("Exp", part(g, boxes, 2, 4)), g.const(p[None, :, 2:]))
        boxes = g.do("Concat", xy, wh, axis=2)
    g.do("Concat", boxes, scores, out="output", axis=2)
    return g.model(image(), [value("output", FLOAT, 1, 189, 85)])


def yolo(rng, transposed=False):
    g, boxes, scores = dense(rng, (8, 16, 32), 4, 0, 3, 1.8)
    p = grids((8, 16, 32))
    xy = g.do("Mul", g.do("Add", part(g, boxes, 0, 2), g.const(p[None, :, :2] + 0.5)), g.const(p[None, :, 2:]))
    wh = g.do("Mul", g.do("Exp", part(g, boxes, 2, 4)), g.const(p[None, :, 2:]))
    rows = g.do("Concat", xy, wh, scores, axis=2)
    if transposed:
        g.do("Identity", rows, out="output0")
        shape = ("batch", "anchors", 7)
    else:
        g.do("Transpose", rows, out="output0", perm=[0, 2, 1])
        shape = ("batch", 7, "anchors")
    return g.model(image("batch", 3, "height", "width"), [value("output0", FLOAT, *shape)],
                   names="{0: 'Person', 1: \"dog's bowl\", 2: 'shopping cart'}", imgsz=f"[{SIDE}, {SIDE}]")


def nanodet(rng):
    g, boxes, scores = dense(rng, (8, 16, 32, 64), 32, 0, 80, 0.7, rare=(5, 12))
    g.do("Concat", scores, boxes, out="output", axis=2)
    return g.model(image(), [value("output", FLOAT, 1, 193, 112)])


def fit(kind, view):
    """The tensor of a view, and how its boxes become pixels of the view."""
    w, height = view.size
    left = top = 0
    nw = nh = SIDE
    if kind in ("yolo", "yolox"):
        r = min(SIDE / w, SIDE / height)
        nw, nh = (round(w * r), round(height * r)) if kind == "yolo" else (int(w * r), int(height * r))
    if kind == "yolo":
        left, top = round((SIDE - nw) / 2 - 0.1), round((SIDE - nh) / 2 - 0.1)
    canvas = np.full((SIDE, SIDE, 3), 114, np.float32)
    canvas[top:top + nh, left:left + nw] = np.asarray(view.resize((nw, nh), Image.Resampling.BILINEAR))
    if kind in ("yolox", "nanodet"):
        canvas = canvas[:, :, ::-1]
    if kind == "nanodet":
        canvas = (canvas - [103.53, 116.28, 123.675]) / [57.375, 57.12, 58.395]
    elif kind != "yolox":
        canvas = canvas / 255
    tensor = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None]).astype(np.float32)
    return tensor, np.array([left, top, left, top]), np.array([w / nw, height / nh] * 2)


def corners(rows):
    return np.concatenate([rows[:, :2] - rows[:, 2:4] / 2, rows[:, :2] + rows[:, 2:4] / 2], 1)


def decode(kind, variant, outs):
    """Boxes in pixels of the input (of the view for sized DETR), scores of all classes."""
    if kind == "detr":
        labels, boxes, scores = [o[0] for o in outs]
        all = np.zeros((len(scores), 80))
        all[np.arange(len(scores)), labels] = scores
        return boxes * (SIDE if variant == "shares" else 1), all
    rows = outs[0][0].astype(np.float64)
    if kind == "yolo":
        rows = rows if variant == "transposed" else rows.T
        return corners(rows[:, :4]), rows[:, 4:]
    if kind == "yolox":
        p = grids((8, 16, 32))
        if variant != "decoded":
            rows[:, :2] = (rows[:, :2] + p[:, :2]) * p[:, 2:]
            rows[:, 2:4] = np.exp(rows[:, 2:4]) * p[:, 2:]
        return corners(rows[:, :4]), rows[:, 4:5] * rows[:, 5:]
    p = grids((8, 16, 32, 64))
    e = np.exp(rows[:, 80:].reshape(-1, 4, 8))
    d = (e / e.sum(2, keepdims=True)) @ np.arange(8) * p[:, 2:]
    xy = p[:, :2] * p[:, 2:]
    return np.clip(np.concatenate([xy - d[:, :2], xy + d[:, 2:]], 1), 0, SIDE), rows[:, :80]


def common(a, b):
    w, height = np.minimum(a[2:4], b[2:4]) - np.maximum(a[:2], b[:2])
    return max(0, w) * max(0, height)


def area(b):
    return (b[2] - b[0]) * (b[3] - b[1])


class Near(Exception):
    """A value is too near to a threshold."""


def above(v, threshold, margin):
    if abs(v - threshold) < margin:
        raise Near
    return v > threshold


def detect(session, kind, variant, frame, views):
    """The boxes of a frame: x0, y0, x1, y1, class, score."""
    seen = []
    for n, (x, y, w, height) in enumerate(views):
        tensor, offset, scale = fit(kind, frame.crop((x, y, x + w, y + height)))
        feed = {"images": tensor}
        if variant == "sized":
            feed["orig_target_sizes"] = np.array([[w, height]])
            offset, scale = np.zeros(4), np.ones(4)
        boxes, scores = decode(kind, variant, session.run(None, feed))
        for b, s in zip(boxes, scores):
            two = np.sort(s)[-2:]
            if above(two[1], SCORE, 0.008):
                above(two[1], two[0], 0.002)
                b = np.clip((b - offset) * scale, 0, [w, height] * 2) + [x, y, x, y]
                if area(b) > 0:
                    seen.append((*b, int(s.argmax()), two[1], n))
    seen.sort(key=lambda b: -b[5])
    left = []
    for b in seen:
        if not any([o[4] == b[4] and above(common(o, b) / (area(o) + area(b) - common(o, b)), OVERLAP, 0.02) for o in left]):
            left.append(b)
    return [b for b in left if not any([
        o[6] != b[6] and o[4] == b[4] and area(o) > area(b) and above(common(o, b) / area(b), WITHIN, 0.02) for o in left])]


def pictures():
    """Rectangles and discs of all colours. The last picture is upright."""
    rng = np.random.default_rng(16)
    for n, size in enumerate([(200, 120), (160, 160), (90, 150)]):
        img = Image.new("RGB", size, tuple(rng.integers(60, 200, 3).tolist()))
        draw = ImageDraw.Draw(img)
        for _ in range(9):
            x, y = rng.integers(0, size[0]), rng.integers(0, size[1])
            w, height = rng.integers(12, 60), rng.integers(12, 60)
            shape = draw.rectangle if rng.random() < 0.6 else draw.ellipse
            shape((x, y, x + w, y + height), tuple(rng.integers(0, 256, 3).tolist()))
        img.save(os.path.join(HERE, f"picture{n}.png"))
        yield img


def views(img, whole):
    w, height = img.size
    side = min(w, height)
    if whole or max(w, height) < 1.1 * side:
        return [(0, 0, w, height)]
    return [(0, 0, w, height), (0, 0, side, side), (w - side, height - side, side, side)]


def faulty(fault):
    """A detector whose answer is nonsense where the picture is brighter than 0.6."""
    g = Graph()
    mean = g.do("ReduceMean", g.do("AveragePool", "images", kernel_shape=[48, 48], strides=[48, 48]), axes=[1], keepdims=0)
    mean = g.do("Reshape", mean, g.const(np.array([1, 4])))
    dark = g.do("Sub", g.const(np.float32(0.6)), mean)
    scores, labels = g.do("Add", g.do("Mul", mean, g.const(np.float32(0))), g.const(np.float32(0.9))), mean
    boxes = g.do("Expand", g.const(np.array([0.1, 0.1, 0.9, 0.9], np.float32)), g.const(np.array([1, 4, 4])))
    if fault == "nan":
        scores = g.do("Sqrt", dark)
    elif fault == "score":
        scores = g.do("Add", g.do("Relu", g.do("Neg", dark)), g.const(np.float32(0.9)))
    elif fault == "infinite":
        wide = g.do("Unsqueeze", g.do("Div", g.const(np.float32(0.1)), g.do("Relu", dark)), g.const(np.array([2])))
        boxes = g.do("Add", boxes, wide)
    elif fault == "label":
        labels = g.do("Mul", dark, g.const(np.float32(50)))
    elif fault == "fewer":
        keep = g.do("NonZero", g.do("Relu", g.do("Reshape", dark, g.const(np.array([-1])))))
        boxes = g.do("Gather", boxes, g.do("Squeeze", keep, g.const(np.array([0]))), axis=1)
    g.do("Identity", boxes, out="boxes")
    g.do("Identity", scores, out="scores")
    g.do("Cast", labels, out="labels", to=INT64)
    return g.model(image(), [value("labels", INT64, 1, 4), value("boxes", FLOAT, 1, "n", 4), value("scores", FLOAT, 1, 4)])


def other(rows, columns, shape=(1, 3, SIDE, SIDE), **metadata):
    """A network with one output of a shape, which has zeros."""
    g = Graph()
    zero = g.do("Mul", g.do("ReduceMean", "images", keepdims=0), g.const(np.float32(0)))
    g.do("Expand", zero, g.const(np.array([1, rows, columns] if columns else [1, rows])), out="output")
    return g.model(image(*shape), [value("output", FLOAT, *(1, rows, columns) if columns else (1, rows))], **metadata)


def clear(session, kind, variant, frame, views):
    """The boxes of a frame, or None if one is near a threshold or there are few or many."""
    try:
        boxes = detect(session, kind, variant, frame, views)
    except Near:
        return None
    return boxes if 2 <= len(boxes) <= 40 else None


def write(name, kind, variant, build, frames):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    for seed in range(4000):
        model = build(np.random.default_rng(seed))
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        if clear(session, kind, variant, frames[0], views(frames[0], True)) is None:
            continue
        found = {mode: [clear(session, kind, variant, f, views(f, mode == "whole")) for f in frames]
                 for mode in ("whole", "tiles")}
        if any(lists[0] is None or sum(b is not None for b in lists) < 2 for lists in found.values()):
            continue
        with open(os.path.join(HERE, name + ".onnx"), "wb") as f:
            f.write(model)
        with open(os.path.join(HERE, name + ".json"), "w") as f:
            json.dump({mode: [[{
                "box": [round(float(v), 3) for v in b[:4]], "class": b[4], "score": round(float(b[5]), 5),
            } for b in boxes] if boxes else None for boxes in lists] for mode, lists in found.items()}, f, indent=1)
            f.write("\n")
        print(name, "seed", seed, len(model), "bytes,", {m: [b and len(b) for b in v] for m, v in found.items()})
        return
    raise SystemExit(f"no seed of {name} is clear")


if __name__ == "__main__":
    frames = list(pictures())
    write("detr", "detr", "sized", lambda r: detr(r, True), frames)
    write("detr_shares", "detr", "shares", lambda r: detr(r, False), frames)
    write("detr_pixels", "detr", "pixels", lambda r: detr(r, False, True), frames)
    write("yolox", "yolox", "", yolox, frames)
    write("yolox_decoded", "yolox", "decoded", lambda r: yolox(r, True), frames)
    write("yolo", "yolo", "", yolo, frames)
    write("yolo_transposed", "yolo", "transposed", lambda r: yolo(r, True), frames)
    write("nanodet", "nanodet", "", nanodet, frames)
    for name, model in {
        **{fault: faulty(fault) for fault in ("nan", "score", "infinite", "label", "fewer")},
        "classifier": other(1000, None), "yolov5": other(3 * 189, 85), "three": other(7, 189),
        "ambiguous": other(189, 60), "small": other(7, 189, (1, 3, 16, 16)), "grey": other(7, 189, (1, 1, SIDE, SIDE)),
        "names": other(7, 189, names="{0: 'a', 1: 'b'}"),
    }.items():
        with open(os.path.join(HERE, name + ".onnx"), "wb") as f:
            f.write(model)
