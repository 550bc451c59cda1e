"""A fused update of one flat tensor on one thread: `rule.py sgd|adam|adamw ELEMENTS`."""

import sys

import peer
import torch

torch.set_num_threads(1)
kind, elements = sys.argv[1], int(sys.argv[2])
weights = torch.nn.Parameter(torch.rand(elements) - 0.5)
weights.grad = torch.rand(elements) - 0.5
optimizer = {
    "sgd": lambda: torch.optim.SGD([weights], lr=1e-4, fused=True),
    "adam": lambda: torch.optim.Adam([weights], lr=1e-4, fused=True),
    "adamw": lambda: torch.optim.AdamW([weights], lr=1e-4, fused=True),
}[kind]()


def work(count):
    for _ in range(count):
        optimizer.step()


peer.serve(work)
