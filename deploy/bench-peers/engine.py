"""Loss and gradient of one batch on one thread: `engine.py MODEL BATCH [avx2]`, MODEL mlp, lenet, resnet or
transformer; with avx2 by no wider instructions, which it must know before it loads."""

import os
import sys

if sys.argv[3:] == ["avx2"]:
    os.environ |= {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}

import peer
import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)


def mlp():
    return nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)
    )


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(20, 50, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(800, 500),
        nn.ReLU(),
        nn.Linear(500, 10),
    )


class Residual(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride, 1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
            nn.Conv2d(filters, filters, 3, 1, 1, bias=False),
            nn.BatchNorm2d(filters),
        )
        self.shortcut = nn.Identity()
        if stride > 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


def resnet():
    """ResNet-8 for 32 x 32 pixels."""
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 1, 1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        Residual(16, 16, 1),
        Residual(16, 32, 2),
        Residual(32, 64, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10),
    )


def transformer():
    block = nn.TransformerEncoderLayer(
        128, 4, 512, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
    )
    return nn.Sequential(block, nn.Flatten(), nn.Linear(64 * 128, 10))


def gradient_work(model, images, labels, memory_format):
    model = model.to(memory_format=memory_format)
    images = images.contiguous(memory_format=memory_format)
    loss = nn.CrossEntropyLoss(reduction="sum")

    def work(count):
        for _ in range(count):
            model.zero_grad(set_to_none=False)  # the gradients' memory is kept, as ours is
            loss(model(images), labels).backward()

    return work


kind, batch = sys.argv[1], int(sys.argv[2])
labels = torch.randint(0, 10, (batch,))
if kind == "mlp":
    variants = [gradient_work(mlp(), torch.rand(batch, 784), labels, torch.contiguous_format)]
elif kind == "transformer":
    tokens = torch.rand(batch, 64, 128)
    variants = [gradient_work(transformer(), tokens, labels, torch.contiguous_format)]
else:
    formats = [torch.contiguous_format, torch.channels_last]
    lenets = kind == "lenet"
    images = torch.rand(batch, 1, 28, 28) if lenets else torch.rand(batch, 3, 32, 32)
    model = lenet if lenets else resnet
    variants = [gradient_work(model(), images, labels, format) for format in formats]
peer.serve(peer.fastest(variants, 10), torch.backends.cpu.get_cpu_capability())
