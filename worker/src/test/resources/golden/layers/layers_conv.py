"""Convolutions and pools. W of a convolution is [filters, kernel..., channels of a group]."""

import torch
import torch.nn.functional as F

from layers import case, distinct


def channels_second(w):
    """[filters, ..., channels] as PyTorch has it, [filters, channels, ...]."""
    return w.movedim(-1, 1)


def conv2d(name, image, examples, filters, kernel, *, written=None, stride=1, pad=(0, 0, 0, 0), dilation=1, groups=1,
           bias=True, activation=None, f=lambda z: z):
    """pad: zeros left, right, above, below, as torch.nn.functional.pad has them."""
    kh, kw = kernel
    layer = {"type": "conv2d", "filters": filters, "kernel": [kh, kw]} | (written or {})
    if activation:
        layer["activation"] = activation
    if not bias:
        layer["bias"] = False
    parameters = {"W": (filters, kh, kw, image[0] // groups)} | ({"b": (filters,)} if bias else {})
    case(name, layer, [image], examples, parameters,
         lambda xs, p: f(F.conv2d(F.pad(xs[0], pad), channels_second(p["W"]), p.get("b"), stride=stride,
                                  dilation=dilation, groups=groups)),
         source="torch.nn.functional.conv2d")


def max_pool2d(name, image, examples, size, written=None, **settings):
    case(name, {"type": "max-pool2d", "size": size} | (written or {}), [image], examples, {},
         lambda xs, p: F.max_pool2d(xs[0], size, **settings), x=distinct, source="torch.nn.functional.max_pool2d")


def average_pool2d(name, image, examples, size, written=None, **settings):
    case(name, {"type": "average-pool2d", "size": size} | (written or {}), [image], examples, {},
         lambda xs, p: F.avg_pool2d(xs[0], size, **settings), source="torch.nn.functional.avg_pool2d")


def cases():
    conv2d("conv2d", [3, 7, 6], 3, 4, (3, 2))
    conv2d("conv2d-one-pixel", [1, 1, 1], 1, 1, (1, 1))
    conv2d("conv2d-stride-not-dividing", [2, 8, 6], 1, 3, (3, 3), written={"stride": [2, 3]}, stride=(2, 3))
    conv2d("conv2d-same-stride-2", [2, 6, 5], 2, 3, (3, 3), written={"stride": 2, "padding": "same"}, stride=2,
           pad=(1, 1, 0, 1))
    conv2d("conv2d-padding-one-channel-relu", [1, 4, 9], 2, 2, (5, 3), written={"padding": [2, 1]}, pad=(1, 1, 2, 2),
           activation="relu", f=torch.relu)
    conv2d("conv2d-pointwise-no-bias", [5, 3, 4], 2, 3, (1, 1), bias=False)
    max_pool2d("max-pool2d", [3, 6, 4], 2, 2)
    max_pool2d("max-pool2d-stride-not-dividing", [2, 8, 7], 1, (3, 2), written={"stride": [2, 3]}, stride=(2, 3))
    max_pool2d("max-pool2d-overlapping-one-channel", [1, 5, 6], 2, 3, written={"stride": 1}, stride=1)
    average_pool2d("average-pool2d", [3, 6, 4], 2, 2)
    average_pool2d("average-pool2d-stride-not-dividing", [2, 8, 7], 1, (3, 2), written={"stride": [2, 3]}, stride=(2, 3))
    average_pool2d("average-pool2d-overlapping-one-channel", [1, 5, 6], 2, 3, written={"stride": 1}, stride=1)
