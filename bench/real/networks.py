"""Networks of published tools at their own sizes, with random weights, for PyTorch and as ONNX files.

usage: python networks.py NAME FOLDER [EDGE]   writes network.onnx, input.f32 and about.json (see compare/protocol.ts)
"""

import json
import math
import os
import sys

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional as F


def conv_block(cin, cout, stride=1, norm=nn.InstanceNorm3d, bias=True, affine=True):
    return nn.Sequential(
        nn.Conv3d(cin, cout, 3, stride, 1, bias=bias),
        norm(cout, affine=affine),
        nn.LeakyReLU(0.01),
    )


class Unet(nn.Module):
    """Stages on the way down, the last of them the bottom; transposed convolutions and two convolutions on the way up."""

    layer = "bottom"

    def __init__(self, stages, widths, classes, bias):
        super().__init__()
        self.downs, self.bottom = nn.ModuleList(stages[:-1]), stages[-1]
        self.ups = nn.ModuleList(
            nn.ConvTranspose3d(b, a, 2, 2, bias=bias) for a, b in zip(widths[-2::-1], widths[:0:-1])
        )
        self.merges = nn.ModuleList(
            nn.Sequential(conv_block(2 * width, width, bias=bias), conv_block(width, width, bias=bias))
            for width in widths[-2::-1]
        )
        self.maps = nn.Conv3d(widths[0], classes, 1)

    def forward(self, x):
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
        x = self.bottom(x)
        for up, merge, skip in zip(self.ups, self.merges, reversed(skips)):
            x = merge(torch.cat([up(x), skip], 1))
        return self.maps(x)


class NnUnet(Unet):
    """PlainConvUNet of nnU-Net v2, 3d_fullres with six stages (31 M weights)."""

    def __init__(self, classes=3, widths=(32, 64, 128, 256, 320, 320)):
        stages = [
            nn.Sequential(conv_block(before, width, 1 if i == 0 else 2), conv_block(width, width))
            for i, (before, width) in enumerate(zip((1, *widths), widths))
        ]
        super().__init__(stages, widths, classes, bias=True)


class DynUnit(nn.Module):
    """UnetResBlock of MONAI's DynUNet."""

    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv3d(cin, cout, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv3d(cout, cout, 3, 1, 1, bias=False)
        self.norm1, self.norm2 = nn.InstanceNorm3d(cout, affine=True), nn.InstanceNorm3d(cout, affine=True)
        self.act, self.act2 = nn.LeakyReLU(0.01), nn.LeakyReLU(0.01)
        self.short = cin != cout or stride != 1
        if self.short:
            self.conv3 = nn.Conv3d(cin, cout, 1, stride, bias=False)
            self.norm3 = nn.InstanceNorm3d(cout, affine=True)

    def forward(self, x):
        y = self.norm2(self.conv2(self.act(self.norm1(self.conv1(x)))))
        return self.act2(y + (self.norm3(self.conv3(x)) if self.short else x))


class DynUnet(Unet):
    """MemBrain-seg's DynUNet: 32 to 1024 channels, residual units on the way down (91 M weights)."""

    def __init__(self, widths=(32, 64, 128, 256, 512, 1024)):
        stages = [
            DynUnit(before, width, 1 if i == 0 else 2) for i, (before, width) in enumerate(zip((1, *widths), widths))
        ]
        super().__init__(stages, widths, 1, bias=False)


class ResidualUnit(nn.Module):
    """MONAI's ResidualUnit with one subunit, or a transposed convolution in front of it on the way up."""

    def __init__(self, cin, cout, stride=1, last=False):
        super().__init__()
        self.conv = nn.Conv3d(cin, cout, 3, stride, 1)
        self.norm, self.act = nn.InstanceNorm3d(cout), nn.PReLU()
        self.last = last
        self.residual = nn.Identity()
        if stride != 1:
            self.residual = nn.Conv3d(cin, cout, 3, stride, 1)
        elif cin != cout:
            self.residual = nn.Conv3d(cin, cout, 1)

    def forward(self, x):
        y = self.conv(x)
        return (y if self.last else self.act(self.norm(y))) + self.residual(x)


class MonaiUnet(nn.Module):
    """MONAI's UNet as octopi builds it: 48 to 80 channels, strides 2, 2, 1, one residual unit per level."""

    layer = "bottom"

    def __init__(self, classes=7, widths=(48, 64, 80, 80), strides=(2, 2, 1)):
        super().__init__()
        cins = (1, *widths[:-2])
        self.downs = nn.ModuleList(ResidualUnit(a, b, s) for a, b, s in zip(cins, widths[:-1], strides))
        self.bottom = ResidualUnit(widths[-2], widths[-1], 1)
        ups, units = [], []
        for i in reversed(range(len(strides))):
            first = i == 0
            inner = widths[-1] + widths[-2] if i == len(strides) - 1 else 2 * widths[i]
            out = classes if first else widths[i - 1]
            ups.append(
                nn.Sequential(
                    nn.ConvTranspose3d(inner, out, 3, strides[i], 1, strides[i] - 1), nn.InstanceNorm3d(out), nn.PReLU()
                )
            )
            units.append(ResidualUnit(out, out, last=first))
        self.ups, self.units = nn.ModuleList(ups), nn.ModuleList(units)

    def forward(self, x):
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
        x = self.bottom(x)
        for up, unit, skip in zip(self.ups, self.units, reversed(skips)):
            x = unit(up(torch.cat([skip, x], 1)))
        return x


class ResBlock(nn.Module):
    """Two times group norm, ReLU and convolution, and a shortcut."""

    def __init__(self, width):
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(8, width), nn.GroupNorm(8, width)
        self.conv1 = nn.Conv3d(width, width, 3, 1, 1, bias=False)
        self.conv2 = nn.Conv3d(width, width, 3, 1, 1, bias=False)

    def forward(self, x):
        return self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x)))))) + x


class SegResNet(nn.Module):
    """MONAI's SegResNet with 16 filters: group norm, trilinear upsampling, skips that are added."""

    layer = "bottom"

    def __init__(self, classes=7, first=16, down=(1, 2, 2, 4)):
        super().__init__()
        self.init = nn.Conv3d(1, first, 3, 1, 1, bias=False)
        levels = []
        for i, count in enumerate(down):
            width = first * 2**i
            shrink = [] if i == 0 else [nn.Conv3d(width // 2, width, 3, 2, 1, bias=False)]
            levels.append(nn.Sequential(*shrink, *(ResBlock(width) for _ in range(count))))
        self.levels, self.bottom = nn.ModuleList(levels[:-1]), levels[-1]
        widths = [first * 2**i for i in reversed(range(len(down) - 1))]
        self.narrow = nn.ModuleList(nn.Conv3d(2 * w, w, 1, bias=False) for w in widths)
        self.blocks = nn.ModuleList(ResBlock(w) for w in widths)
        self.norm = nn.GroupNorm(8, first)
        self.maps = nn.Conv3d(first, classes, 1)

    def forward(self, x):
        x = self.init(x)
        skips = []
        for level in self.levels:
            x = level(x)
            skips.append(x)
        x = self.bottom(x)
        for narrow, block, skip in zip(self.narrow, self.blocks, reversed(skips)):
            x = block(F.interpolate(narrow(x), scale_factor=2, mode="trilinear", align_corners=False) + skip)
        return self.maps(F.relu(self.norm(x)))


class DeepFinder(nn.Module):
    """DeepFinder's U-Net: 32, 48 and 64 channels, max-pooling, upsampling by repetition."""

    layer = "bottom"

    def __init__(self, classes=16):
        super().__init__()

        def convs(*widths):
            pairs = zip(widths, widths[1:])
            return nn.Sequential(*(m for a, b in pairs for m in (nn.Conv3d(a, b, 3, 1, 1), nn.ReLU())))

        def double(a, b):
            return nn.Sequential(nn.Upsample(scale_factor=2), nn.ConstantPad3d((0, 1, 0, 1, 0, 1), 0), nn.Conv3d(a, b, 2), nn.ReLU())

        self.fine, self.middle = convs(1, 32, 32), convs(32, 48, 48)
        self.bottom = convs(48, 64, 64, 64, 64)
        self.up1, self.up2 = double(64, 48), double(48, 32)
        self.merge1, self.merge2 = convs(96, 48, 48), convs(64, 32, 32)
        self.maps = nn.Conv3d(32, classes, 1)

    def forward(self, x):
        fine = self.fine(x)
        middle = self.middle(F.max_pool3d(fine, 2))
        x = self.bottom(F.max_pool3d(middle, 2))
        x = self.merge1(torch.cat([self.up1(x), middle], 1))
        return self.maps(self.merge2(torch.cat([self.up2(x), fine], 1)))


class TomoTwin(nn.Module):
    """TomoTwin's SiameseNet for boxes of 37^3 (76 M weights); the embedding before it is brought to length 1."""

    layer = "last"

    def __init__(self, entries=32):
        super().__init__()
        pairs, before = [], 1
        for i, width in enumerate((64, 128, 256, 512, 1024)):
            pairs.append(
                nn.Sequential(
                    *([nn.ConstantPad3d((1, 2, 1, 2, 1, 2), 0)] if i == 0 else []),
                    *(nn.Conv3d(before, width, 3), nn.GroupNorm(64, width), nn.LeakyReLU(0.01)),
                    *(nn.Conv3d(width, width, 3), nn.GroupNorm(64, width), nn.LeakyReLU(0.01)),
                )
            )
            before = width
        self.pairs, self.last = nn.ModuleList(pairs[:-1]), pairs[-1]
        self.head = nn.Sequential(
            *(nn.Flatten(), nn.Linear(8192, 2048), nn.LeakyReLU(0.01)),
            *(nn.Linear(2048, 1024), nn.LeakyReLU(0.01), nn.Linear(1024, entries)),
        )

    def forward(self, x):
        for i, pair in enumerate(self.pairs):
            x = pair(x)
            if i == 0:
                x = F.max_pool3d(x, 2)
        return self.head(self.last(x))


class MobileNet(nn.Module):
    """MobileNet v1 with three quarters of the channels, for pictures of 192 x 192 (Howard et al. 2017)."""

    layer = "last"

    def __init__(self, alpha=0.75, classes=1000):
        super().__init__()

        def unit(cin, cout, size, stride, groups=1):
            pad = size // 2
            return [nn.Conv2d(cin, cout, size, stride, pad, groups=groups, bias=False), nn.BatchNorm2d(cout), nn.ReLU6()]

        plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
        before = int(32 * alpha)
        layers = unit(3, before, 3, 2)
        for width, stride in plan:
            width = int(width * alpha)
            layers += unit(before, before, 3, stride, before) + unit(before, width, 1, 1)
            before = width
        self.early, self.last = nn.Sequential(*layers[:-6]), nn.Sequential(*layers[-6:])
        self.scores = nn.Linear(before, classes)

    def forward(self, x):
        return self.scores(self.last(self.early(x)).mean((2, 3)))


# By name: the network, its input `[channels, ...space]`.
NETWORKS = {
    "nnunet": (NnUnet, (1, 128, 128, 128)),
    "monai-unet": (MonaiUnet, (1, 96, 96, 96)),
    "segresnet": (SegResNet, (1, 96, 96, 96)),
    "deepfinder": (DeepFinder, (1, 96, 96, 96)),
    "mobilenet": (MobileNet, (3, 192, 192)),
    "tomotwin": (TomoTwin, (1, 37, 37, 37)),
    "membrain": (DynUnet, (1, 160, 160, 160)),
}


def build(name):
    """The network with the same random weights every time."""
    torch.manual_seed(1)
    network = NETWORKS[name][0]().eval()
    generator = torch.Generator().manual_seed(2)
    for parameter in network.parameters():
        with torch.no_grad():
            if parameter.dim() > 1:  # He's, so that no signal dies on the way
                fan = parameter[0].numel()
                parameter.normal_(0, math.sqrt(2 / fan), generator=generator)
            elif parameter.numel() > 1:
                parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.05)
    return network


def main(name, folder, edge=None):
    shape = NETWORKS[name][1]
    if edge:
        shape = (shape[0], *[int(edge)] * (len(shape) - 1))
    network = build(name)
    x = torch.randn(1, *shape, generator=torch.Generator().manual_seed(3))
    small = torch.zeros(1, *shape) if name == "tomotwin" else torch.zeros(1, shape[0], *[64] * (len(shape) - 1))
    axes = {i: f"n{i}" for i in range(2, len(shape) + 1)}
    torch.onnx.export(
        *(network, (x if len(shape) == 3 else small,), os.path.join(folder, "network.onnx")),
        input_names=["x"],
        output_names=["y"],
        dynamo=False,
        dynamic_axes={"x": axes, "y": axes} if len(shape) == 4 and name != "tomotwin" else None,
    )
    # MobileNet's picture has three channels: this project reads them last, the others first.
    np.ascontiguousarray(np.moveaxis(x[0].numpy(), 0, -1)).tofile(os.path.join(folder, "input.f32"))
    nodes = onnx.load(os.path.join(folder, "network.onnx")).graph.node
    tensor = [node.output[0] for node in nodes if node.name.startswith(f"/{network.layer}/")][-1]
    count = sum(parameter.numel() for parameter in network.parameters())
    about = {"network": name, "file": "network.onnx", "inputShape": [*shape[1:], shape[0]], "samples": 1}
    with open(os.path.join(folder, "about.json"), "w") as file:
        json.dump({**about, "layer": tensor, "module": network.layer, "layers": [], "weights": count}, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
