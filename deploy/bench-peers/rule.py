"""An update by one of PyTorch's rules: `rule.py RULE ELEMENTS THREADS`.

The form is the fused one where PyTorch has it, else foreach, else its only one; the name says which. The parameters are
matrices of 1024 x 1024, as many as the elements come to.
"""

import sys

import peer
import torch

FUSED, FOREACH, ONLY = {"fused": True}, {"foreach": True}, {}

RULES = {
    "sgd": (torch.optim.SGD, FUSED, {}),
    "sgd momentum": (torch.optim.SGD, FUSED, {"momentum": 0.9}),
    "adagrad": (torch.optim.Adagrad, FUSED, {}),
    "adadelta": (torch.optim.Adadelta, FOREACH, {}),
    "rmsprop": (torch.optim.RMSprop, FOREACH, {}),
    "rmsprop centered momentum": (torch.optim.RMSprop, FOREACH, {"centered": True, "momentum": 0.9}),
    "adam": (torch.optim.Adam, FUSED, {}),
    "adamw": (torch.optim.AdamW, FUSED, {}),
    "adamw amsgrad": (torch.optim.AdamW, FUSED, {"amsgrad": True}),
    "nadam": (torch.optim.NAdam, FOREACH, {}),
    "adamax": (torch.optim.Adamax, FOREACH, {}),
    "radam": (torch.optim.RAdam, FOREACH, {}),
    "adafactor": (torch.optim.Adafactor, FOREACH, {}),
    "muon": (getattr(torch.optim, "Muon", None), ONLY, {}),
}

rule, elements, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
kind, form, settings = RULES.get(rule, (None, ONLY, {}))
if kind is None:
    sys.exit(3)  # PyTorch does not have it
torch.set_num_threads(threads)
weights = [torch.nn.Parameter(torch.rand(1024, 1024) - 0.5) for _ in range(elements // (1024 * 1024))]
for weight in weights:
    weight.grad = torch.rand(1024, 1024) - 0.5
optimizer = kind(weights, lr=1e-6, **settings, **form)


def work(count):
    for _ in range(count):
        optimizer.step()


peer.serve(work, "".join(form))
