"""Makes the reference cases of layers beside this file: one JSON file a case, in float64.

    python layers.py            all families: every layers_NAME.py in this folder
    python layers.py conv norm  layers_conv.py and layers_norm.py

A family calls `case` for each of its cases. The figures were made once, with PyTorch 2.13, and are
kept; the same script makes the same files again. A case has

    layer               the layer's section in a run configuration, with its type
    inputs              the shape of one example of each input, as the user writes it: [features],
                        [length, width] for a sequence, [channels, height, width] for an image
    examples, mode      how many examples; training or inference
    x                   a flat list for each input: [examples, shape], row-major, in the user's order
    parameters          flat, by the tensor's name behind the layer's, in Lockstep's shapes
    y                   the output, flat, in the user's order
    upstream            the gradient of a loss with respect to y (only where gradients are given)
    inputGradients      a flat list for each input; null where no gradient is wanted
    parameterGradients  flat, by name, for every tensor: sums over the examples
    source, tolerance   who computed it; what float32 arithmetic can meet (float64: 1e-9)
"""

import importlib
import json
import math
import pathlib
import sys
import zlib

import torch

FOLDER = pathlib.Path(__file__).parent
SOURCE = "PyTorch " + torch.__version__.split("+")[0]


def normal(*shape, deviation=1.0):
    """Normal numbers rounded to 1/64, which float32 holds exactly."""
    return torch.round(deviation * 64 * torch.randn(*shape, generator=_generator, dtype=torch.float64)) / 64


def distinct(*shape):
    """Numbers of about the same spread, no two alike: for whatever looks for the largest."""
    n = math.prod(shape)
    order = torch.randperm(n, generator=_generator).to(torch.float64)
    return ((order - n // 2) / 64).reshape(shape)


def whole(limit, *shape):
    """Whole numbers in [0, limit), such as tokens."""
    return torch.randint(limit, shape, generator=_generator).to(torch.float64)


_generator = torch.Generator()


def case(name, layer, inputs, examples, parameters, compute, *, x=normal, mode="training", differentiable=None,
         gradients=True, source=None, tolerance=1e-5, folder="layers"):
    """Writes NAME.json.

    parameters: {name: shape or function without arguments that draws it}, in Lockstep's shapes
    compute(xs, p): y in the user's order, from the list xs and the dict p of float64 tensors
    x: how to draw the inputs, one function of the shape or a list with one for each input
    differentiable: one flag for each input; all of them without it
    source: what computed it, such as "torch.nn.functional.conv2d"
    folder: where it goes: layers, or blocks for sections that stand for several layers
    """
    _generator.manual_seed(zlib.crc32(name.encode()))
    draws = x if isinstance(x, list) else [x] * len(inputs)
    wanted = differentiable if differentiable is not None else [True] * len(inputs)
    xs = [draw(examples, *shape).requires_grad_(flag and gradients)
          for draw, shape, flag in zip(draws, inputs, wanted)]
    p = {k: (v() if callable(v) else normal(*v, deviation=0.5)).requires_grad_(gradients) for k, v in parameters.items()}
    y = compute(xs, p)
    written = {"case": name, "layer": layer, "inputs": [list(s) for s in inputs], "examples": examples, "mode": mode,
               "x": [flat(v) for v in xs], "parameters": {k: flat(v) for k, v in p.items()}, "y": flat(y)}
    if gradients:
        upstream = normal(*y.shape)
        y.backward(upstream)
        written["upstream"] = flat(upstream)
        written["inputGradients"] = [flat(v.grad) if flag else None for v, flag in zip(xs, wanted)]
        written["parameterGradients"] = {k: flat(v.grad) for k, v in p.items()}
    written["source"] = SOURCE + (", " + source if source else "")
    written["tolerance"] = {"relative": tolerance, "absolute": tolerance}
    write(folder, name, written)


def flat(tensor):
    """Row-major, 13 digits."""
    return [number(v) for v in tensor.detach().reshape(-1).tolist()]


def number(v):
    v = float(f"{v:.13g}")
    return int(v) if v == int(v) else v


def write(folder, name, written):
    lines = ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in written.items())
    (FOLDER.parent / folder / (name + ".json")).write_text("{\n" + lines + "\n}\n")


def main(families):
    sys.dont_write_bytecode = True
    sys.modules["layers"] = sys.modules["__main__"]
    sys.path.insert(0, str(FOLDER))
    for family in families or sorted(f.stem[len("layers_"):] for f in FOLDER.glob("layers_*.py")):
        importlib.import_module("layers_" + family).cases()


if __name__ == "__main__":
    main(sys.argv[1:])
