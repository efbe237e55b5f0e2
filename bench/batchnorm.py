"""The networks of batchnorm.mjs in PyTorch: training images a second, from the median step.

    OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=1 python3 bench/batchnorm.py residual 2 [SECONDS]
"""
import statistics
import sys
import time

import torch
from torch import nn

BATCH = 128
WARM_UP_STEPS = 5
name = sys.argv[1] if len(sys.argv) > 1 else "convolutions"
threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 6
torch.set_num_threads(threads)
torch.manual_seed(0)


def convolution(channels, filters, stride=1, size=3, rectified=True):
    layers = [nn.Conv2d(channels, filters, size, stride, size // 2), nn.BatchNorm2d(filters)]
    return layers + [nn.ReLU()] if rectified else layers


class Block(nn.Module):
    def __init__(self, channels, filters, stride=1):
        super().__init__()
        first = convolution(channels, filters, stride)
        self.body = nn.Sequential(*first, *convolution(filters, filters, rectified=False))
        narrow = convolution(channels, filters, stride, 1, rectified=False)
        self.shortcut = nn.Identity() if stride == 1 else nn.Sequential(*narrow)

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


networks = {
    "convolutions": lambda: [
        *convolution(1, 16), nn.MaxPool2d(2), *convolution(16, 32), nn.MaxPool2d(2),
        *convolution(32, 32), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10),
    ],
    "residual": lambda: [
        *convolution(1, 32), nn.MaxPool2d(2), Block(32, 32), Block(32, 64, 2), Block(64, 64),
        Block(64, 64), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    ],
}
network = nn.Sequential(*networks[name]())
optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
x, labels = torch.randn(BATCH, 1, 28, 28), torch.randint(0, 10, (BATCH,))


def step():
    started = time.perf_counter()
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(network(x), labels)
    loss.backward()
    optimizer.step()
    loss.item()
    return time.perf_counter() - started


for _ in range(WARM_UP_STEPS):
    step()
times, until = [], time.perf_counter() + seconds
while time.perf_counter() < until:
    times.append(step())
weights = sum(parameter.numel() for parameter in network.parameters())
rate = round(BATCH / statistics.median(times))
print(f"PyTorch {torch.__version__}  {name}, {weights} weights, {threads} threads: {rate} images/s")
