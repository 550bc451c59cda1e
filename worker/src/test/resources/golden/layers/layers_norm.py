"""Normalisations: gamma and beta [channels], and batch-norm's statistics [2, channels].

The gradient of `statistics` is what a slice hands over for them: by channel the sum of x - r, then of (x - r)^2, r
being the running mean.
"""

import torch
from torch.nn import functional as F

from layers import case, normal


class HandOver(torch.autograd.Function):
    """y as it is; the gradient of `statistics` is what it is given."""

    @staticmethod
    def forward(ctx, y, statistics, handed):
        ctx.save_for_backward(handed)
        return y.clone()

    @staticmethod
    def backward(ctx, upstream):
        return upstream, ctx.saved_tensors[0], None


def affine(channels, scale, shift):
    return ({"gamma": (channels,)} if scale else {}) | ({"beta": (channels,)} if shift else {})


def section(kind, keys, scale, shift):
    return {"type": kind, **keys, **({} if scale else {"scale": False}), **({} if shift else {"shift": False})}


def channels_second(x):
    """[examples, length, width] as torch has it: [examples, width, length]."""
    return x.transpose(1, 2) if x.dim() == 3 else x


def batch(name, inputs, examples, mode="training", scale=True, shift=True, shifted=0.0, **keys):
    channels = inputs[-1] if len(inputs) == 2 else inputs[0]

    def statistics():
        return torch.stack([normal(channels, deviation=0.5), 0.5 + normal(channels).abs()])

    def compute(xs, p):
        x = channels_second(xs[0])
        running = p["statistics"].detach()
        y = F.batch_norm(x, running[0].clone(), running[1].clone(), p.get("gamma"), p.get("beta"), mode == "training",
                         eps=keys.get("epsilon", 1e-5))
        by_channel = x.detach().transpose(0, 1).reshape(channels, -1) - running[0][:, None]
        handed = torch.stack([by_channel.sum(1), (by_channel ** 2).sum(1)])
        return channels_second(HandOver.apply(y, p["statistics"], handed))

    case(name, section("batch-norm", keys, scale, shift), [inputs], examples,
         affine(channels, scale, shift) | {"statistics": statistics}, compute,
         x=lambda *s: normal(*s) + shifted, mode=mode, gradients=mode == "training",
         source="torch.nn.functional.batch_norm", tolerance=2e-5)


def rows(name, inputs, examples, scale=True, shift=True, **keys):
    channels = inputs[-1] if len(inputs) == 2 else inputs[0]

    def compute(xs, p):
        x = xs[0].permute(0, 2, 3, 1) if len(inputs) == 3 else xs[0]
        y = F.layer_norm(x, [channels], p.get("gamma"), p.get("beta"), keys.get("epsilon", 1e-5))
        return y.permute(0, 3, 1, 2) if len(inputs) == 3 else y

    case(name, section("layer-norm", keys, scale, shift), [inputs], examples, affine(channels, scale, shift), compute,
         source="torch.nn.functional.layer_norm", tolerance=2e-5)


def rms(name, inputs, examples, scale=True, **keys):
    channels = inputs[-1] if len(inputs) == 2 else inputs[0]

    def compute(xs, p):
        x = xs[0].permute(0, 2, 3, 1) if len(inputs) == 3 else xs[0]
        y = F.rms_norm(x, [channels], p.get("gamma"), keys.get("epsilon", 1e-5))
        return y.permute(0, 3, 1, 2) if len(inputs) == 3 else y

    case(name, section("rms-norm", keys, scale, True), [inputs], examples, affine(channels, scale, False), compute,
         source="torch.nn.functional.rms_norm", tolerance=2e-5)


def group(name, inputs, examples, groups, scale=True, shift=True):
    channels = inputs[-1] if len(inputs) == 2 else inputs[0]

    def compute(xs, p):
        return channels_second(F.group_norm(channels_second(xs[0]), groups, p.get("gamma"), p.get("beta")))

    case(name, section("group-norm", {"groups": groups}, scale, shift), [inputs], examples,
         affine(channels, scale, shift), compute, source="torch.nn.functional.group_norm", tolerance=2e-5)


def cases():
    batch("batch-norm", [5], 6)
    batch("batch-norm-far-from-zero", [3], 8, shifted=40.0)
    batch("batch-norm-image", [3, 4, 5], 2)
    batch("batch-norm-image-one-channel-one-example", [1, 3, 3], 1, scale=False)
    batch("batch-norm-sequence", [4, 3], 3, shift=False, epsilon=0.01)
    batch("batch-norm-inference", [5], 3, mode="inference")
    batch("batch-norm-image-inference", [2, 3, 1], 2, mode="inference", scale=False, shift=False)
    rows("layer-norm", [7], 3)
    rows("layer-norm-one-example", [4], 1, shift=False)
    rows("layer-norm-sequence", [4, 6], 2, epsilon=0.001)
    rows("layer-norm-one-position", [1, 5], 2, scale=False, shift=False)
    rows("layer-norm-image", [3, 2, 4], 2)
    rms("rms-norm", [7], 3)
    rms("rms-norm-one-feature", [1], 4)
    rms("rms-norm-sequence", [4, 6], 2, scale=False, epsilon=0.001)
    rms("rms-norm-image", [3, 2, 4], 2)
    group("group-norm", [6, 3, 2], 2, 3)
    group("group-norm-one-group", [3, 3, 2], 2, 1)
    group("group-norm-instance", [3, 3, 2], 1, 3, scale=False, shift=False)
    group("group-norm-sequence", [5, 4], 2, 2)
    group("group-norm-features", [6], 3, 2, shift=False)
    group("group-norm-one-channel-one-pixel", [1, 1, 2], 1, 1)
