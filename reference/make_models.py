"""Writes large networks with seeded random weights as ONNX files, and LeNet-sized twins of their shapes.

python3 reference/make_models.py FOLDER [NAME ...]

    vgg16       VGG-16 for 32 x 32 images: 13 convolutions with max-pooling and three dense layers, 15.2 M parameters
    gpt2        a decoder of the shape of GPT-2 (12 layers, width 768, 12 heads), 64 tokens, 124 M parameters
    vgg-twin    three blocks of that shape on 8 x 8 images, 7.7 k parameters
    gpt-twin    two layers of width 16 with two heads, 8 tokens, 7.6 k parameters
    ranking     the three best of five items: embeddings by number, two trees over figures that may be missing, an order

Without names all five. Beside NAME.onnx lies NAME.npz with rows to calibrate on, under the input's name, and NAME.row.npz with the first of
them. The folder is a cache: the large files are never committed; the twins are, in reference/models.

A decoder takes the embeddings of its tokens, columns of the token table: looking them up by number is not part of it. It adds the positions'
embeddings, and its answer is the logits of the last position over the whole vocabulary, by the token table again (tied weights).
LayerNormalization and Gelu (tanh form) are nodes of opset 20, attention is exported as its products, mask and softmax.

Needs numpy and onnx (requirements.txt).
"""

import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Nodes and weights of a model, appended one by one."""

    def __init__(self, seed):
        self.random = numpy.random.default_rng(seed)
        self.nodes = []
        self.weights = []
        self.count = 0

    def node(self, operation, inputs, **attributes):
        self.count += 1
        name = f"{operation.lower()}_{self.count}"
        self.nodes.append(helper.make_node(operation, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name, values):
        self.weights.append(numpy_helper.from_array(numpy.ascontiguousarray(values), name))
        return name

    def normal(self, name, shape, deviation):
        return self.constant(name, self.random.standard_normal(shape, dtype=numpy.float32) * numpy.float32(deviation))

    def save(self, folder, name, shape, output, output_shape, rows):
        graph = helper.make_graph(
            self.nodes, name, [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, output_shape)], self.weights)
        model = helper.make_model(
            graph, producer_name="zkmlops make_models.py", opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
        onnx.save(model, folder / f"{name}.onnx")
        numpy.savez_compressed(folder / f"{name}.npz", input=rows.astype(numpy.float32))
        numpy.savez_compressed(folder / f"{name}.row.npz", input=rows[:1].astype(numpy.float32))
        parameters = sum(numpy_helper.to_array(w).size for w in self.weights if w.data_type == TensorProto.FLOAT)
        print(f"{name}: {parameters:,} parameters, {(folder / f'{name}.onnx').stat().st_size:,} bytes")


def vgg(folder, name, size, channels, blocks, dense, seed, rows):
    """Convolutions of 3 x 3 with max(0, x), a maximum of 2 x 2 after each block, dense layers; deviations keep the scale of activations."""
    g = Graph(seed)
    x = "input"
    for b, block in enumerate(blocks):
        for c, out in enumerate(block):
            w = g.normal(f"block{b}.{c}.weight", (out, channels, 3, 3), (2 / (9 * channels)) ** 0.5)
            bias = g.normal(f"block{b}.{c}.bias", (out,), 0.05)
            x = g.node("Relu", [g.node("Conv", [x, w, bias], kernel_shape=[3, 3], pads=[1, 1, 1, 1])])
            channels = out
        x = g.node("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])
        size //= 2
    x = g.node("Flatten", [x], axis=1)
    inner = channels * size * size
    for d, out in enumerate(dense):
        w = g.normal(f"dense{d}.weight", (out, inner), (2 / inner) ** 0.5)
        x = g.node("Gemm", [x, w, g.normal(f"dense{d}.bias", (out,), 0.05)], transB=1)
        if d + 1 < len(dense):
            x = g.node("Relu", [x])
        inner = out
    shape = [1, rows.shape[1], rows.shape[2], rows.shape[3]]
    g.save(folder, name, shape, x, [1, dense[-1]], rows)


def gpt(folder, name, layers, width, heads, tokens, vocabulary, positions, seed, row_count):
    """A decoder with the initialisation of GPT-2: deviation 0.02, 0.01 for positions, 0.02 / sqrt(2 layers) for what enters the residual."""
    g = Graph(seed)
    # Transposed, as exporters fold it for the logits; its columns are the tokens' embeddings.
    table = g.normal("wte.transposed", (width, vocabulary), 0.02)
    values = numpy_helper.to_array(g.weights[0])
    place = g.normal("wpe", (positions, width), 0.01)
    first = g.node("Slice", [place, g.constant("zero", numpy.array([0])), g.constant("tokens", numpy.array([tokens])), g.constant("axis", numpy.array([0]))])
    x = g.node("Add", ["input", first])
    mask = g.constant("mask", numpy.tril(numpy.ones((1, 1, tokens, tokens), dtype=bool)))
    least = g.constant("least", numpy.float32(-1e4))
    split = g.constant("heads.shape", numpy.array([1, tokens, heads, width // heads]))
    joined = g.constant("joined.shape", numpy.array([1, tokens, width]))
    scale = g.constant("scale", numpy.float32((width // heads) ** -0.5))

    def linear(x, label, inner, out, deviation):
        w = g.normal(f"{label}.weight", (inner, out), deviation)
        return g.node("Add", [g.node("MatMul", [x, w]), g.normal(f"{label}.bias", (out,), 0.02)])

    def norm(x, label):
        weight = g.constant(f"{label}.weight", 1 + 0.1 * g.random.standard_normal(width, dtype=numpy.float32))
        return g.node("LayerNormalization", [x, weight, g.normal(f"{label}.bias", (width,), 0.02)], axis=-1, epsilon=1e-5)

    def head(x, start, permutation):
        names = [g.constant(f"{x}.{start}.{end}", numpy.array([value])) for end, value in (("from", start), ("to", start + width), ("axis", 2))]
        return g.node("Transpose", [g.node("Reshape", [g.node("Slice", [x] + names), split])], perm=permutation)

    for layer in range(layers):
        label = f"h{layer}"
        qkv = linear(norm(x, f"{label}.ln_1"), f"{label}.attn", width, 3 * width, 0.02)
        q, k, v = head(qkv, 0, [0, 2, 1, 3]), head(qkv, width, [0, 2, 3, 1]), head(qkv, 2 * width, [0, 2, 1, 3])
        scores = g.node("Where", [mask, g.node("Mul", [g.node("MatMul", [q, k]), scale]), least])
        mixed = g.node("MatMul", [g.node("Softmax", [scores], axis=-1), v])
        mixed = g.node("Reshape", [g.node("Transpose", [mixed], perm=[0, 2, 1, 3]), joined])
        x = g.node("Add", [x, linear(mixed, f"{label}.proj", width, width, 0.02 / (2 * layers) ** 0.5)])
        inner = linear(norm(x, f"{label}.ln_2"), f"{label}.fc", width, 4 * width, 0.02)
        inner = g.node("Gelu", [inner], approximate="tanh")
        x = g.node("Add", [x, linear(inner, f"{label}.out", 4 * width, width, 0.02 / (2 * layers) ** 0.5)])
    x = norm(x, "ln_f")
    last = [g.constant(f"last.{end}", numpy.array([value])) for end, value in (("from", tokens - 1), ("to", tokens), ("axis", 1))]
    x = g.node("MatMul", [g.node("Slice", [x] + last), table])
    rows = numpy.stack([values[:, g.random.integers(0, vocabulary, tokens)].T for _ in range(row_count)])
    g.save(folder, name, [1, tokens, width], x, [1, 1, vocabulary], rows)


def ranking(folder, name, items, listed, first, width, row_count, seed):
    """Items by number and a customer's figures, some of them missing; trees make a taste of the figures, whose products with the items'
    embeddings and their popularity are ordered. Answers with the numbers of the first items and their scores."""
    g = Graph(seed)
    table = g.normal("embeddings", (items, width), 1.0)
    popular = g.normal("popularity", (items,), 0.5)
    # Node i of either tree has the children 2i + 1 and 2i + 2; nodes 3 to 6 are leaves with a number for each entry of a taste.
    modes = ["BRANCH_LEQ", "BRANCH_GT", "BRANCH_EQ"] + ["LEAF"] * 4 + ["BRANCH_LT", "BRANCH_GTE", "BRANCH_NEQ"] + ["LEAF"] * 4
    leaves = [(tree, node) for tree in (0, 1) for node in (3, 4, 5, 6)]
    taste = g.node(
        "TreeEnsembleRegressor", ["figures"], domain="ai.onnx.ml", n_targets=width, nodes_modes=modes,
        nodes_treeids=[0] * 7 + [1] * 7, nodes_nodeids=list(range(7)) * 2, nodes_featureids=[0, 1, 2, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0],
        nodes_values=[0.25, -0.5, 1.0, 0, 0, 0, 0, 1.5, -0.125, 0.75, 0, 0, 0, 0], nodes_truenodeids=[1, 3, 5, 0, 0, 0, 0] * 2,
        nodes_falsenodeids=[2, 4, 6, 0, 0, 0, 0] * 2, nodes_missing_value_tracks_true=[1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
        target_treeids=[t for t, _ in leaves for _ in range(width)], target_nodeids=[n for _, n in leaves for _ in range(width)],
        target_ids=list(range(width)) * len(leaves), target_weights=[float(x) for x in g.random.standard_normal(width * len(leaves)).round(3)])
    column = g.node("Reshape", [taste, g.constant("column", numpy.array([1, width, 1]))])
    products = g.node("MatMul", [g.node("Gather", [table, "items"], axis=0), column])
    scores = g.node("Add", [g.node("Reshape", [products, g.constant("row", numpy.array([1, listed]))]), g.node("Gather", [popular, "items"], axis=0)])
    g.nodes.append(helper.make_node("TopK", [scores, g.constant("first", numpy.array([first]))], ["scores", "places"], name="topk", axis=1))
    g.nodes.append(helper.make_node("GatherElements", ["items", "places"], ["best"], name="best", axis=1))
    inputs = [helper.make_tensor_value_info("items", TensorProto.INT64, [1, listed]), helper.make_tensor_value_info("figures", TensorProto.FLOAT, [1, 3])]
    outputs = [helper.make_tensor_value_info("best", TensorProto.INT64, [1, first]), helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, first])]
    model = helper.make_model(
        helper.make_graph(g.nodes, name, inputs, outputs, g.weights), producer_name="zkmlops make_models.py",
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, folder / f"{name}.onnx")
    # Eighths, so that figures meet thresholds.
    figures = (g.random.integers(-16, 17, (row_count, 3)) / 8).astype(numpy.float32)
    figures[g.random.random((row_count, 3)) < 0.2] = numpy.nan
    rows = {"items": numpy.stack([g.random.permutation(items)[:listed] for _ in range(row_count)]), "figures": figures}
    numpy.savez_compressed(folder / f"{name}.npz", **rows)
    numpy.savez_compressed(folder / f"{name}.row.npz", **{key: value[:3] for key, value in rows.items()})
    print(f"{name}: {(folder / f'{name}.onnx').stat().st_size:,} bytes")


def images(seed, count, channels, size):
    return numpy.random.default_rng(seed).random((count, channels, size, size), dtype=numpy.float32) * 2 - 1


MAKERS = {
    "vgg16": lambda folder: vgg(
        folder, "vgg16", 32, 3, [[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3], [512, 512, 10], 16, images(1, 4, 3, 32)),
    "gpt2": lambda folder: gpt(folder, "gpt2", 12, 768, 12, 64, 50_257, 1_024, 2, 2),
    "vgg-twin": lambda folder: vgg(folder, "vgg-twin", 8, 3, [[4] * 2, [8] * 2, [16] * 3], [16, 16, 10], 17, images(2, 16, 3, 8)),
    "gpt-twin": lambda folder: gpt(folder, "gpt-twin", 2, 16, 2, 8, 50, 16, 3, 16),
    "ranking": lambda folder: ranking(folder, "ranking", 12, 5, 3, 4, 48, 4),
}


def main(arguments):
    if not arguments or not set(arguments[1:]) <= set(MAKERS):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name in arguments[1:] or MAKERS:
        MAKERS[name](folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
