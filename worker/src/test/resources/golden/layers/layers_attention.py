"""Embeddings and multi-head attention; PyTorch's W is the transpose of ours, q, k and v one after another."""

import math

import torch
from torch import nn

from layers import case, whole


def embedding(name, length, examples, vocabulary, width):
    case(name, {"type": "embedding", "vocabulary": vocabulary, "width": width}, [[length]], examples,
         {"W": (vocabulary, width)},
         lambda xs, p: torch.nn.functional.embedding(xs[0].long(), p["W"]),
         x=lambda *shape: whole(vocabulary, *shape), differentiable=[False], source="torch.nn.functional.embedding")


def sinusoidal(name, length, width, examples):
    def compute(xs, p):
        y = xs[0].clone()
        for position in range(length):
            for column in range(width):
                angle = position / 10000 ** ((column - column % 2) / width)
                y[:, position, column] += math.cos(angle) if column % 2 else math.sin(angle)
        return y

    case(name, {"type": "positional-embedding", "kind": "sinusoidal"}, [[length, width]], examples, {}, compute,
         source="the formula of Vaswani et al. (2017), section 3.5, in Python")


def attention(name, length, width, heads, examples, causal=False, bias=True, memory=None):
    layer = {"type": "multi-head-attention", "heads": heads}
    if causal:
        layer["causal"] = True
    if not bias:
        layer["bias"] = False

    def compute(xs, p):
        module = nn.MultiheadAttention(width, heads, bias=bias, batch_first=True, dtype=torch.float64)
        own = {"in_proj_weight": p["Wqkv"].T, "out_proj.weight": p["Wo"].T}
        if bias:
            own |= {"in_proj_bias": p["bqkv"], "out_proj.bias": p["bo"]}
        told = xs[-1]
        mask = torch.triu(torch.ones(length, length, dtype=torch.bool), 1) if causal else None
        arguments = (xs[0], told, told)
        return torch.func.functional_call(module, own, arguments, {"attn_mask": mask, "need_weights": False})[0]

    biases = {"bqkv": (3 * width,), "bo": (width,)} if bias else {}
    inputs = [[length, width]] + ([[memory, width]] if memory else [])
    case(name, layer, inputs, examples, {"Wqkv": (width, 3 * width), "Wo": (width, width)} | biases, compute,
         source="torch.nn.MultiheadAttention")


def learned(name, length, width, examples):
    case(name, {"type": "positional-embedding"}, [[length, width]], examples, {"W": (length, width)},
         lambda xs, p: xs[0] + p["W"], source="a sum")


def transformer(name, length, width, heads, hidden, examples, causal=False, norm="before", activation="gelu"):
    layer = {"type": "transformer-block", "heads": heads, "hidden": hidden, "norm": norm, "causal": causal}
    if activation != "gelu":
        layer["activation"] = activation
    tensors = {"norm1.gamma": (width,), "norm1.beta": (width,),
               "attention.Wqkv": (width, 3 * width), "attention.bqkv": (3 * width,),
               "attention.Wo": (width, width), "attention.bo": (width,),
               "norm2.gamma": (width,), "norm2.beta": (width,),
               "dense1.W": (width, hidden), "dense1.b": (hidden,), "dense2.W": (hidden, width), "dense2.b": (width,)}

    def compute(xs, p):
        module = nn.TransformerEncoderLayer(width, heads, hidden, dropout=0.0, activation=activation, batch_first=True,
                                            norm_first=norm == "before", dtype=torch.float64)
        own = {"norm1.weight": p["norm1.gamma"], "norm1.bias": p["norm1.beta"],
               "norm2.weight": p["norm2.gamma"], "norm2.bias": p["norm2.beta"],
               "self_attn.in_proj_weight": p["attention.Wqkv"].T, "self_attn.in_proj_bias": p["attention.bqkv"],
               "self_attn.out_proj.weight": p["attention.Wo"].T, "self_attn.out_proj.bias": p["attention.bo"],
               "linear1.weight": p["dense1.W"].T, "linear1.bias": p["dense1.b"],
               "linear2.weight": p["dense2.W"].T, "linear2.bias": p["dense2.b"]}
        mask = torch.triu(torch.ones(length, length, dtype=torch.bool), 1) if causal else None
        return torch.func.functional_call(module, own, (xs[0],), {"src_mask": mask})

    case(name, layer, [[length, width]], examples, tensors, compute, differentiable=[False],
         source="torch.nn.TransformerEncoderLayer", folder="blocks")


def cases():
    embedding("embedding", 6, 3, 5, 4)
    embedding("embedding-one-token-one-example", 1, 1, 3, 1)
    learned("positional-embedding-learned", 4, 3, 3)
    sinusoidal("positional-embedding-sinusoidal", 5, 6, 2)
    sinusoidal("positional-embedding-sinusoidal-odd-width", 3, 5, 1)
    attention("attention", 5, 6, 2, 3)
    attention("attention-causal", 7, 12, 3, 2, causal=True)
    attention("attention-one-head-no-bias", 4, 5, 1, 2, bias=False)
    attention("attention-one-token-one-example", 1, 6, 3, 1, causal=True)
    attention("attention-longer-than-a-strip", 67, 2, 1, 1, causal=True)
    attention("attention-to-a-memory", 3, 6, 2, 2, memory=5)
    transformer("transformer-block", 5, 6, 2, 10, 3)
    transformer("transformer-block-causal-one-head-relu", 4, 5, 1, 7, 2, causal=True, activation="relu")
    transformer("transformer-block-norm-after", 3, 6, 3, 8, 2, norm="after")
    transformer("transformer-block-one-token-one-example", 1, 4, 2, 4, 1)
