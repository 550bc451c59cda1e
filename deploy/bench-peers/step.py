"""A synchronous step in two processes: gloo's all-reduce, then fused AdamW: `step.py ELEMENTS`.

Each process has one thread and synthetic gradients in one flat tensor, which is gloo's best case.
"""

import os
import subprocess
import sys
import tempfile

import peer
import torch
import torch.distributed as dist

torch.set_num_threads(1)
elements = int(sys.argv[1])
rank = int(sys.argv[2]) if len(sys.argv) > 2 else 0
if rank == 0:
    rendezvous = tempfile.mktemp(prefix="lockstep-bench-gloo-")
    other = subprocess.Popen(
        [sys.executable, __file__, str(elements), "1", rendezvous],
        stdin=subprocess.PIPE,
        text=True,
    )
else:
    rendezvous = sys.argv[3]
os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
dist.init_process_group("gloo", init_method="file://" + rendezvous, rank=rank, world_size=2)

weights = torch.nn.Parameter(torch.rand(elements) - 0.5)
weights.grad = torch.rand(elements) - 0.5
optimizer = torch.optim.AdamW([weights], lr=1e-4, fused=True)


def steps(count):
    for _ in range(count):
        dist.all_reduce(weights.grad)
        weights.grad.mul_(0.5)
        optimizer.step()


def together(count):
    other.stdin.write(f"run {count}\n")
    other.stdin.flush()
    steps(count)


try:
    if rank == 0:
        peer.serve(together)
        other.stdin.close()
        other.wait()
    else:
        for line in sys.stdin:
            steps(int(line.split()[1]))
finally:
    dist.destroy_process_group()
    if rank == 0 and os.path.exists(rendezvous):
        os.remove(rendezvous)
