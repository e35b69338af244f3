"""Child process: PyTorch on the CPU, over the same program and weights (see program.ts, protocol.ts)."""

import json
import os
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

CLASSES = 23


class Network:
    """Runs the operations of program.json, channels first."""

    def __init__(self, folder):
        with open(os.path.join(folder, "program.json")) as file:
            program = json.load(file)
        blob = np.fromfile(os.path.join(folder, "weights.f32"), np.float32)
        self.operations = program["operations"]
        self.layers = program["layers"]
        self.input_shape = program["inputShape"]
        for operation in self.operations:
            operation["weights"] = {
                name: torch.from_numpy(
                    blob[w["offset"] : w["offset"] + int(np.prod(w["shape"]))].reshape(w["shape"]).copy()
                )
                for name, w in operation["weights"].items()
            }

    def parameters(self):
        return [
            weight
            for operation in self.operations
            for name, weight in operation["weights"].items()
            if name not in ("mean", "variance")
        ]

    def run(self, values, first, training=False):
        """Extends `values` (outputs of the operations before `first`) to all operations."""
        for operation in self.operations[first:]:
            values.append(self.apply(operation, [values[i] for i in operation["inputs"]], training))
        return values

    def output(self, x):
        """The last output; the others are released after their last use."""
        uses = [sum(o["inputs"].count(i) for o in self.operations) for i in range(len(self.operations))]
        values = [x]
        for operation in self.operations[1:]:
            values.append(self.apply(operation, [values[i] for i in operation["inputs"]], False))
            for i in operation["inputs"]:
                uses[i] -= 1
                if uses[i] == 0:
                    values[i] = None
        return values[-1]

    def apply(self, operation, xs, training):
        kind, a, w = operation["op"], operation["attributes"], operation["weights"]
        x = xs[0]
        if kind == "conv":
            x, pad = padded(x, a["pads"], 0.0)
            return F.conv3d(x, w["filter"], w.get("bias"), a["strides"], pad)
        if kind == "convTranspose":
            return F.conv_transpose3d(x, w["filter"], w["bias"], a["strides"])
        if kind == "batchNorm":
            return F.batch_norm(
                x, w["mean"], w["variance"], w["gamma"], w["beta"], training, 0.1, a["epsilon"][0]
            )
        if kind == "maxPool":
            x, pad = padded(x, a["pads"], float("-inf"))
            return F.max_pool3d(x, a["size"], a["strides"], pad)
        if kind == "avgPool":
            return F.avg_pool3d(x, a["size"], a["strides"])
        if kind == "average":
            return x.mean((2, 3, 4))
        if kind == "relu":
            return F.relu(x)
        if kind == "add":
            return x + xs[1]
        if kind == "concat":
            return torch.cat(xs, 1)
        if kind == "flatten":
            return x.flatten(1)
        if kind == "dense":
            return F.linear(x, w["filter"], w.get("bias"))
        raise ValueError(kind)


def padded(x, pads, value):
    """Symmetric padding for the operation itself; otherwise pads here."""
    before, after = pads[:3], pads[3:]
    if before == after:
        return x, before
    order = [n for axis in (2, 1, 0) for n in (before[axis], after[axis])]
    return F.pad(x, order, value=value), [0, 0, 0]


class Contestant:
    def load(self, folder, task):
        with open(os.path.join(folder, "about.json")) as file:
            self.about = json.load(file)
        if self.about["file"] != "model.json":
            return self.load_real(folder, task)
        self.network = Network(folder)
        data = np.fromfile(os.path.join(folder, "input.f32"), np.float32)
        self.input = torch.from_numpy(data.reshape([-1] + self.network.input_shape))
        self.run = {
            "forward": self.forward,
            "explain-all-classes": self.fastest_all_classes if task == "explain-all-classes" else None,
            "explain-all-layers": self.all_layers,
            "train": self.training() if task == "train" else None,
        }[task]
        return f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads"

    def load_real(self, folder, task):
        """A network of real/networks.py."""
        sys.path.append(os.path.join(os.path.dirname(__file__), "..", "real"))
        from networks import build

        network = build(self.about["network"])
        data = np.fromfile(os.path.join(folder, "input.f32"), np.float32)
        x = torch.from_numpy(np.moveaxis(data.reshape(self.about["inputShape"]), -1, 0)[None].copy())
        summary = lambda y: [y.mean().item(), y.abs().mean().item()]

        def forward(_batch):
            with torch.inference_mode():
                return summary(network(x))

        def explain(_batch):
            """Respond-CAM and Grad-CAM of the class that has most voxels, of its summed logits; of vectors, of the largest entry."""
            kept = []
            hook = getattr(network, self.about["module"]).register_forward_hook(lambda _m, _i, y: kept.append(y))
            y = network(x)[0]
            hook.remove()
            if y.dim() == 1:
                score = y.max()
            else:
                best = y.argmax(0) if len(y) > 1 else (y[0] <= 0).long()
                sums = torch.stack([(y[c] * (best == c)).sum() for c in range(len(y))])
                score = sums[sums.argmax()]
            a = kept[0]
            g = torch.autograd.grad(score, a)[0]
            with torch.no_grad():
                axes = tuple(range(2, a.dim()))
                respond = (a * g).sum(axes) / (a.sum(axes) + 1e-10)
                weights = torch.stack([g.mean(axes), respond])
                maps = torch.einsum("mbl,bl...->m...", weights, a)
                return summary(maps[0])

        self.run = forward if task == "forward" else explain
        return f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads"

    def forward(self, batch):
        with torch.inference_mode():
            return self.network.output(self.input[:batch]).flatten()[:CLASSES].tolist()

    def fastest_all_classes(self, _batch):
        """Grad-CAM of all classes, by the faster of the two ways that PyTorch has."""
        times = {}
        for batched in (False, True, False, True):
            start = time.perf_counter()
            self.all_classes(batched)
            times[batched] = time.perf_counter() - start
        faster = min(times, key=times.get)
        self.run = lambda _: self.all_classes(faster)
        return self.run(1)

    def all_classes(self, batched):
        at = self.network.layers[self.about["layer"]]
        with torch.no_grad():
            values = self.network.run([self.input[:1]], 1)[: at + 1]
        a = values[at] = values[at].requires_grad_()
        scores = self.network.run(values, at + 1)[-1][0]
        one_hot = torch.eye(len(scores))
        if batched:
            g = torch.autograd.grad(scores, a, one_hot, is_grads_batched=True)[0][:, 0]
        else:
            g = torch.cat([torch.autograd.grad(scores, a, v, retain_graph=True)[0] for v in one_hot])
        with torch.no_grad():
            maps = torch.einsum("cl,lzyx->czyx", g.mean((2, 3, 4)), a[0])
            return maps.sum((1, 2, 3)).tolist()

    def all_layers(self, _batch):
        values = self.network.run([self.input[:1].clone().requires_grad_()], 1)
        scores = values[-1][0]
        layers = [values[self.network.layers[name]] for name in self.about["layers"]]
        gradients = torch.autograd.grad(scores[scores.argmax()], layers)
        with torch.no_grad():
            maps = [torch.einsum("l,lzyx->zyx", g[0].mean((1, 2, 3)), a[0]) for g, a in zip(gradients, layers)]
            return [m.sum().item() for m in maps]

    def training(self):
        parameters = [p.requires_grad_() for p in self.network.parameters()]
        adam = torch.optim.Adam(parameters, lr=1e-4, eps=1e-7)

        def step(batch):
            adam.zero_grad()
            scores = self.network.run([self.input[:batch]], 1, training=True)[-1]
            loss = F.cross_entropy(scores, torch.arange(batch) % CLASSES)
            loss.backward()
            adam.step()
            return [loss.item()]

        return step


def peak_memory():
    """Bytes; the process's own mark on Linux, since there a child starts with its parent's in ru_maxrss."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return size if sys.platform == "darwin" else size * 1024


def main():
    contestant = Contestant()
    copied = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "load":
                answer = {"about": contestant.load(request["folder"], request["task"])}
            elif request["do"] == "rate":
                if copied is None:
                    copied = (torch.zeros(32 * 2**20), torch.zeros(32 * 2**20))
                start = time.perf_counter()
                copied[0].copy_(copied[1])
                answer = {"ms": (time.perf_counter() - start) * 1000}
            else:
                start = time.perf_counter()
                values = contestant.run(request["batch"])
                answer = {"ms": (time.perf_counter() - start) * 1000, "values": values}
        except Exception as error:  # the parent reports it beside the other engines
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({**answer, "peak": peak_memory()}), flush=True)


main()
