"""Trains the main example, as PyTorch does it best here: `train.py DATA EPOCHS`.

784-256-128-10, batch 256, AdamW. The images are one tensor in memory, an epoch's order one
permutation: no loader is in the way. As many threads as are fastest, up to all cores.
"""

import gzip
import os
import sys
import time

import peer
import torch
from torch import nn

data, epochs = sys.argv[1], int(sys.argv[2])


def read(file, header):
    with gzip.open(os.path.join(data, file)) as stream:
        return torch.frombuffer(bytearray(stream.read()[header:]), dtype=torch.uint8)


def images(file):
    return read(file, 16).reshape(-1, 784).float().div_(255)


train_images = images("train-images-idx3-ubyte.gz")
train_labels = read("train-labels-idx1-ubyte.gz", 8).long()
test_images = images("t10k-images-idx3-ubyte.gz")
test_labels = read("t10k-labels-idx1-ubyte.gz", 8).long()


def train(passes, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01, fused=True)
    loss = nn.CrossEntropyLoss()
    for _ in range(passes):
        for batch in torch.randperm(len(train_images)).split(256):
            optimizer.zero_grad(set_to_none=True)
            loss(model(train_images[batch]), train_labels[batch]).backward()
            optimizer.step()
    return model


def seconds(threads):
    begin = time.perf_counter()
    train(1, threads)
    return time.perf_counter() - begin


seconds(1)  # warms up
threads = min(range(1, (os.cpu_count() or 1) + 1), key=seconds)
model = train(epochs, threads)
with torch.no_grad():
    guesses = model(test_images).argmax(1)
accuracy = (guesses == test_labels).float().mean().item()
print(f"{threads} threads, accuracy {accuracy:.4f}", file=sys.stderr)


def work(count):
    for _ in range(count):
        train(epochs, threads)


peer.serve(work)
