"""Loss and gradient of one batch on one thread: `engine.py MODEL BATCH`, MODEL mlp, lenet or transformer."""

import sys

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
    images = torch.rand(batch, 1, 28, 28)
    variants = [gradient_work(lenet(), images, labels, format) for format in formats]
peer.serve(peer.fastest(variants, 10))
