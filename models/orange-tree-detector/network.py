"""The detector's network: a small convolutional backbone, features of three scales joined both ways, boxes without anchors."""
import torch
from torch import nn
from torch.nn import functional as F

STRIDES = (8, 16, 32)
CLASSES = ("young", "mature", "flowering", "fruiting")


def conv(inputs, outputs, size=3, stride=1):
    """Convolution, batch normalisation, ReLU. Dense: on CPUs depthwise ones are slower for what they learn."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03),
        nn.ReLU(inplace=True),
    )


class Partial(nn.Module):
    """Cross-stage partial block: residual convolutions on half of the channels (Wang et al. 2020)."""

    def __init__(self, inputs, outputs, depth, residual=True):
        super().__init__()
        half = outputs // 2
        self.residual = residual
        self.enter = conv(inputs, outputs, 1)
        self.steps = nn.ModuleList(nn.Sequential(conv(half, half), conv(half, half)) for _ in range(depth))
        self.leave = conv(half * (2 + depth), outputs, 1)

    def forward(self, x):
        parts = list(self.enter(x).chunk(2, 1))
        for step in self.steps:
            after = step(parts[-1])
            parts.append(parts[-1] + after if self.residual else after)
        return self.leave(torch.cat(parts, 1))


class Head(nn.Module):
    """Per place: distances to the four sides in strides, and a logit per class."""

    def __init__(self, inputs, width):
        super().__init__()
        self.enter = conv(inputs, width)
        self.box = nn.Conv2d(width, 4, 1)
        self.label = nn.Conv2d(width, len(CLASSES), 1)
        nn.init.constant_(self.box.bias, 1.0)
        # A crown is expected at about one place in a hundred.
        nn.init.constant_(self.label.bias, -4.6)

    def forward(self, x):
        x = self.enter(x)
        return torch.cat([F.softplus(self.box(x)), self.label(x)], 1).flatten(2)


class Detector(nn.Module):
    """Images `[batch, 3, height, width]`, RGB 0 to 1, sides divisible by 32, to `[batch, 8, places]`: sides in strides, logits."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 16, 3, 2), conv(16, 24, 3, 2), Partial(24, 24, 1))
        self.at8 = nn.Sequential(conv(24, 48, 3, 2), Partial(48, 48, 2))
        self.at16 = nn.Sequential(conv(48, 72, 3, 2), Partial(72, 72, 2))
        self.at32 = nn.Sequential(conv(72, 96, 3, 2), Partial(96, 96, 1))
        self.down16 = Partial(96 + 72, 72, 1, False)
        self.down8 = Partial(72 + 48, 48, 1, False)
        self.up16 = conv(48, 48, 3, 2)
        self.join16 = Partial(48 + 72, 72, 1, False)
        self.up32 = conv(72, 72, 3, 2)
        self.join32 = Partial(72 + 96, 96, 1, False)
        self.heads = nn.ModuleList([Head(48, 48), Head(72, 48), Head(96, 48)])

    def forward(self, images):
        at8 = self.at8(self.stem(images))
        at16 = self.at16(at8)
        at32 = self.at32(at16)
        middle = self.down16(torch.cat([F.interpolate(at32, scale_factor=2.0, mode="nearest"), at16], 1))
        fine = self.down8(torch.cat([F.interpolate(middle, scale_factor=2.0, mode="nearest"), at8], 1))
        middle = self.join16(torch.cat([self.up16(fine), middle], 1))
        coarse = self.join32(torch.cat([self.up32(middle), at32], 1))
        return torch.cat([head(x) for head, x in zip(self.heads, (fine, middle, coarse))], 2)


def places(height, width):
    """Middles in pixels `[places, 2]` (x, y) and strides `[places, 1]`, in the order of the network's output."""
    points, strides = [], []
    for stride in STRIDES:
        y, x = torch.meshgrid(
            torch.arange(height // stride) + 0.5, torch.arange(width // stride) + 0.5, indexing="ij"
        )
        points.append(torch.stack([x, y], -1).reshape(-1, 2) * stride)
        strides.append(torch.full((points[-1].shape[0], 1), float(stride)))
    return torch.cat(points), torch.cat(strides)


class YoloOutput(nn.Module):
    """The network with its output as YOLOv8 has it: `[batch, 4 + classes, places]`, cx, cy, width, height in pixels, scores."""

    def __init__(self, detector, size):
        super().__init__()
        self.detector = detector
        points, strides = places(size, size)
        self.register_buffer("points", points.T[None].contiguous())
        self.register_buffer("strides", strides.T[None].contiguous())

    def forward(self, images):
        raw = self.detector(images)
        before, after = raw[:, 0:2] * self.strides, raw[:, 2:4] * self.strides
        middle = self.points + (after - before) / 2
        return torch.cat([middle, before + after, torch.sigmoid(raw[:, 4:])], 1)
