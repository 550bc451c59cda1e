"""Dense layers: W [in, units], b [units]."""

import torch

from layers import case


def dense(name, inputs, examples, units, bias=True, activation=None, f=lambda z: z):
    layer = {"type": "dense", "units": units}
    if not bias:
        layer["bias"] = False
    if activation:
        layer["activation"] = activation
    parameters = {"W": (inputs[-1], units)} | ({"b": (units,)} if bias else {})
    case(name, layer, [inputs], examples, parameters,
         lambda xs, p: f(torch.nn.functional.linear(xs[0], p["W"].T, p.get("b"))),
         source="torch.nn.functional.linear")


def cases():
    dense("dense", [5], 3, 4)
    dense("dense-one-example-no-bias", [7], 1, 3, bias=False)
    dense("dense-one-feature-tanh", [1], 4, 2, activation="tanh", f=torch.tanh)
    dense("dense-softmax", [3], 2, 5, activation="softmax", f=lambda z: torch.softmax(z, -1))
