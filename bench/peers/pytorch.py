"""PyTorch: python3 pytorch.py THREADS FOLDER_OF_MNIST, in the environment that run.mjs says it needs."""
import json, os, sys, time
from pathlib import Path
import numpy as np, torch
from torch.nn import functional as F

BATCH, WARM_UP, TRAINING_BATCHES, TEST_BATCHES = 256, 10, 78, 39  # as in common.mjs
threads, mnist = int(sys.argv[1]), Path(sys.argv[2])
assert os.environ.get("OPENBLAS_NUM_THREADS") == "1", "expected OPENBLAS_NUM_THREADS=1"
torch.set_num_threads(threads)
experiment = Path(__file__).parent / "../../test/fixtures/notebook-seed0"


def read(name, header):
    return np.frombuffer((mnist / name).read_bytes(), np.uint8, offset=header)


def load(prefix, indices):
    images = read(f"{prefix}-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)[indices].astype(np.float32) / 255
    labels = read(f"{prefix}-labels-idx1-ubyte", 8)[indices].astype(np.int64)
    # torch.tensor copies to where vectors are read fastest; from_numpy would leave the numbers where they are, and cost a quarter of the speed
    return list(zip(torch.tensor(images).split(BATCH), torch.tensor(labels).split(BATCH)))


train = load("train", json.loads((experiment / "subset.json").read_text())[: TRAINING_BATCHES * BATCH])
test = load("t10k", np.arange(TEST_BATCHES * BATCH))


class Notebook(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = torch.nn.Conv2d(1, 16, 3), torch.nn.Conv2d(16, 32, 3)
        self.affine1, self.affine2 = torch.nn.Linear(800, 120), torch.nn.Linear(120, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.affine2(F.relu(self.affine1(x.flatten(1))))


network = Notebook()
stored = (experiment / "initial.safetensors").read_bytes()
start = 8 + int.from_bytes(stored[:8], "little")
for name, entry in json.loads(stored[8:start]).items():
    begin, end = entry["data_offsets"]
    values = np.frombuffer(stored[start + begin : start + end], np.float32).reshape(entry["shape"])
    network.get_parameter(name).data.copy_(torch.from_numpy(values.copy()))
optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)


def train_batch(x, labels):
    optimizer.zero_grad()
    loss = F.cross_entropy(network(x), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def count_correct(x, labels):
    with torch.no_grad():
        return int((network(x).argmax(1) == labels).sum())


first_losses = [train_batch(*batch) for batch in train[:WARM_UP]]
started = time.perf_counter()
losses = [train_batch(*batch) for batch in train]
train_seconds = time.perf_counter() - started
for batch in test[:WARM_UP]:
    count_correct(*batch)
started = time.perf_counter()
correct = sum(count_correct(*batch) for batch in test)
classify_seconds = time.perf_counter() - started
print(json.dumps({
    "library": "PyTorch", "version": torch.__version__, "threads": threads, "optimizer": "Adam",
    "firstLosses": first_losses, "lastLoss": float(np.mean(losses[-10:])), "accuracy": correct / (len(test) * BATCH),
    "trainImages": len(train) * BATCH, "trainSeconds": train_seconds, "classifyImages": len(test) * BATCH, "classifySeconds": classify_seconds,
}))
