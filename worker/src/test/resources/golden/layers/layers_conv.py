"""Convolutions and pools. W of a convolution is [filters, kernel..., channels of a group]."""

import torch
import torch.nn.functional as F

from layers import case, distinct


def channels_second(w):
    """[filters, ..., channels] as PyTorch has it, [filters, channels, ...]."""
    return w.movedim(-1, 1)


def conv2d(name, image, examples, filters, kernel, *, written=None, stride=1, pad=(0, 0, 0, 0), dilation=1, groups=1,
           bias=True, activation=None, f=lambda z: z, tolerance=1e-5):
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
         source="torch.nn.functional.conv2d", tolerance=tolerance)


def max_pool2d(name, image, examples, size, written=None, **settings):
    case(name, {"type": "max-pool2d", "size": size} | (written or {}), [image], examples, {},
         lambda xs, p: F.max_pool2d(xs[0], size, **settings), x=distinct, source="torch.nn.functional.max_pool2d")


def average_pool2d(name, image, examples, size, written=None, **settings):
    case(name, {"type": "average-pool2d", "size": size} | (written or {}), [image], examples, {},
         lambda xs, p: F.avg_pool2d(xs[0], size, **settings), source="torch.nn.functional.avg_pool2d")


def depthwise(name, image, examples, kernel, multiplier, written=None, stride=1, padding=0, dilation=1):
    channels = image[0]
    case(name, {"type": "depthwise-conv2d", "kernel": kernel, "multiplier": multiplier} | (written or {}), [image],
         examples, {"W": (channels * multiplier, kernel, kernel, 1), "b": (channels * multiplier,)},
         lambda xs, p: F.conv2d(xs[0], channels_second(p["W"]), p["b"], stride, padding, dilation, channels),
         source="torch.nn.functional.conv2d with groups = channels")


def conv1d(name, sequence, examples, filters, kernel, *, written=None, stride=1, pad=(0, 0), dilation=1, groups=1):
    """pad: zeros before and behind."""
    case(name, {"type": "conv1d", "filters": filters, "kernel": kernel} | (written or {}), [sequence], examples,
         {"W": (filters, kernel, sequence[1] // groups), "b": (filters,)},
         lambda xs, p: F.conv1d(F.pad(xs[0].mT, pad), channels_second(p["W"]), p["b"], stride=stride,
                                dilation=dilation, groups=groups).mT,
         source="torch.nn.functional.conv1d")


def transposed2d(name, image, examples, filters, kernel, written=None, **settings):
    """W of Lockstep is [channels, height, width, filters]; that of PyTorch [channels, filters, height, width]."""
    kh, kw = kernel
    case(name, {"type": "transposed-conv2d", "filters": filters, "kernel": [kh, kw]} | (written or {}), [image],
         examples, {"W": (image[0], kh, kw, filters), "b": (filters,)},
         lambda xs, p: F.conv_transpose2d(xs[0], channels_second(p["W"]), p["b"], **settings),
         source="torch.nn.functional.conv_transpose2d")


def transposed1d(name, sequence, examples, filters, kernel, written=None, **settings):
    case(name, {"type": "transposed-conv1d", "filters": filters, "kernel": kernel} | (written or {}), [sequence],
         examples, {"W": (sequence[1], kernel, filters), "b": (filters,)},
         lambda xs, p: F.conv_transpose1d(xs[0].mT, channels_second(p["W"]), p["b"], **settings).mT,
         source="torch.nn.functional.conv_transpose1d")


def pool1d(name, kind, sequence, examples, size, written=None, **settings):
    f = {"max": F.max_pool1d, "average": F.avg_pool1d}[kind]
    case(name, {"type": kind + "-pool1d", "size": size} | (written or {}), [sequence], examples, {},
         lambda xs, p: f(xs[0].mT, size, **settings).mT, x=distinct, source="torch.nn.functional." + f.__name__)


def whole(name, kind, shape, examples):
    """Over all positions."""
    reduce = {"max": torch.amax, "average": torch.mean}[kind]
    case(name, {"type": f"global-{kind}-pool"}, [shape], examples, {},
         lambda xs, p: reduce(xs[0], dim=(2, 3) if len(shape) == 3 else 1), x=distinct,
         source="torch." + reduce.__name__)


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
    conv2d("conv2d-dilation", [2, 7, 9], 2, 3, (3, 2), written={"dilation": [2, 3], "padding": [1, 2]},
           pad=(2, 2, 1, 1), dilation=(2, 3))
    conv2d("conv2d-groups-stride", [6, 5, 4], 3, 4, (3, 3), written={"groups": 2, "stride": 2, "padding": 1},
           pad=(1, 1, 1, 1), stride=2, groups=2)
    conv2d("conv2d-groups-pointwise", [6, 2, 3], 2, 9, (1, 1), written={"groups": 3}, groups=3)
    conv2d("conv2d-groups-of-one-channel", [3, 4, 5], 2, 6, (2, 2), written={"groups": 3}, groups=3)
    conv2d("conv2d-3x3-many-channels", [8, 5, 7], 1, 9, (3, 3), written={"padding": "same"}, pad=(1, 1, 1, 1))
    conv2d("conv2d-5x5-many-channels", [8, 6, 7], 1, 9, (5, 5), written={"padding": "same"}, pad=(2, 2, 2, 2),
           tolerance=4e-5)  # numbers of size 14, whose errors in tiles are about 1e-6 of that
    depthwise("depthwise-conv2d", [5, 6, 4], 2, 3, 1, written={"padding": 1}, padding=1)
    depthwise("depthwise-conv2d-multiplier-stride", [2, 6, 7], 1, 3, 3, written={"stride": 2}, stride=2)
    depthwise("depthwise-conv2d-dilation-one-channel", [1, 6, 5], 2, 2, 2, written={"dilation": 3}, dilation=3)
    conv1d("conv1d", [9, 4], 3, 5, 3)
    conv1d("conv1d-stride-not-dividing", [8, 2], 1, 3, 3, written={"stride": 3, "padding": 1}, stride=3, pad=(1, 1))
    conv1d("conv1d-causal-dilation", [6, 3], 2, 2, 3, written={"padding": "causal", "dilation": 2}, pad=(4, 0),
           dilation=2)
    conv1d("conv1d-same-even-kernel-groups", [5, 4], 2, 6, 4, written={"padding": "same", "groups": 2}, pad=(1, 2),
           groups=2)
    conv1d("conv1d-one-channel", [7, 1], 1, 2, 2)
    transposed2d("transposed-conv2d", [3, 4, 5], 2, 2, (3, 2))
    transposed2d("transposed-conv2d-stride-output-padding", [2, 3, 2], 3, 3, (3, 4),
                 written={"stride": [2, 3], "padding": [1, 2], "outputPadding": [1, 2]}, stride=(2, 3), padding=(1, 2),
                 output_padding=(1, 2))
    transposed2d("transposed-conv2d-dilation-one-channel", [1, 3, 3], 1, 1, (2, 3),
                 written={"dilation": 2, "stride": 2}, stride=2, dilation=2)
    transposed2d("transposed-conv2d-same", [2, 3, 4], 2, 2, (4, 4), written={"stride": 2, "padding": "same"}, stride=2,
                 padding=1)
    transposed1d("transposed-conv1d", [4, 3], 2, 2, 3, written={"stride": 2, "padding": 1, "outputPadding": 1},
                 stride=2, padding=1, output_padding=1)
    transposed1d("transposed-conv1d-one-position", [1, 1], 1, 3, 4)
    max_pool2d("max-pool2d-padding", [2, 5, 6], 2, 3, written={"stride": 2, "padding": 1}, stride=2, padding=1)
    average_pool2d("average-pool2d-padding", [2, 5, 6], 2, 3, written={"stride": 2, "padding": 1}, stride=2, padding=1)
    average_pool2d("average-pool2d-padding-not-counted", [9, 5, 4], 2, 3,
                   written={"stride": 1, "padding": 1, "countPadding": False}, stride=1, padding=1,
                   count_include_pad=False)
    pool1d("max-pool1d", "max", [7, 3], 2, 3, written={"stride": 2, "padding": 1}, stride=2, padding=1)
    pool1d("average-pool1d", "average", [8, 2], 1, 3)
    pool1d("average-pool1d-padding", "average", [6, 1], 2, 4, written={"stride": 3, "padding": 2}, stride=3, padding=2)
    whole("global-average-pool", "average", [4, 3, 5], 2)
    whole("global-max-pool", "max", [3, 4, 2], 3)
    whole("global-average-pool-sequence", "average", [5, 2], 1)
    whole("global-max-pool-sequence", "max", [4, 3], 2)
    case("upsample2d", {"type": "upsample2d", "size": [2, 3]}, [[3, 2, 4]], 2, {},
         lambda xs, p: F.interpolate(xs[0], scale_factor=(2, 3), mode="nearest"),
         source="torch.nn.functional.interpolate")
