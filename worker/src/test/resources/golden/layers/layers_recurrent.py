"""Recurrent layers; PyTorch's weights are the transposes of ours, its two biases ours and zero (a GRU's bn among them)."""

import torch
from torch import nn

from layers import case

MODULES = {"lstm": (nn.LSTM, 4), "gru": (nn.GRU, 3), "rnn": (nn.RNN, 1)}


def recurrent(kind, form, length, width, units, examples, last=False, reverse=False):
    make, gates = MODULES[kind]
    layer = {"type": kind, "units": units} | ({"return": "last"} if last else {}) | ({"reverse": True} if reverse else {})

    def compute(xs, p):
        module = make(width, units, batch_first=True, dtype=torch.float64)
        other = torch.zeros(gates * units, dtype=torch.float64)
        if kind == "gru":
            other = torch.cat([other[: 2 * units], p["bn"]])
        own = {"weight_ih_l0": p["Wx"].T, "weight_hh_l0": p["Wh"].T, "bias_ih_l0": p["b"], "bias_hh_l0": other}
        x = xs[0].flip(1) if reverse else xs[0]
        y = torch.func.functional_call(module, own, (x,))[0]
        if last:
            return y[:, -1]
        return y.flip(1) if reverse else y

    terms = {"b": (gates * units,)} | ({"bn": (units,)} if kind == "gru" else {})
    case(kind + form, layer, [[length, width]], examples,
         {"Wx": (width, gates * units), "Wh": (units, gates * units)} | terms, compute,
         source="torch.nn." + make.__name__)


def cases():
    for kind in MODULES:
        recurrent(kind, "", 5, 3, 4, 3)
        recurrent(kind, "-last", 4, 2, 3, 2, last=True)
        recurrent(kind, "-reverse", 4, 3, 2, 2, reverse=True)
        recurrent(kind, "-one-position-one-example", 1, 5, 2, 1)
