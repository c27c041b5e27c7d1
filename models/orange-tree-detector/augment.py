"""Random crops of scenes, turned, stretched and recoloured."""
import glob
import json

import numpy as np
import torch
from torch.nn import functional as F

from network import CLASSES

SCENE = 512


def load(folder, split):
    """All scenes that render-dataset.ts wrote for a split: pixels `[n, 512, 512, 3]` and boxes `[k, 5]` (class, corners) each."""
    pixels, trees = [], []
    for name in sorted(glob.glob(f"{folder}/{split}-*.json")):
        pixels.append(np.memmap(name[:-4] + "rgb", np.uint8, "r").reshape(-1, SCENE, SCENE, 3))
        for scene in json.load(open(name)):
            rows = [[CLASSES.index(label), x, y, x + w, y + h] for label, x, y, w, h in scene]
            trees.append(np.array(rows, np.float32).reshape(-1, 5))
    return np.concatenate(pixels), trees


def crop(random, pixels, trees, side):
    """A square of `side` pixels, float `[3, side, side]` in 0 to 1, and its boxes; a box needs 40 % of itself inside."""
    zoom = np.exp(random.uniform(np.log(0.85), np.log(1.4))) if random.random() < 0.5 else 1.0
    wanted = min(SCENE, int(round(side / zoom)))
    left, top = random.integers(0, SCENE - wanted + 1, 2)
    image = torch.from_numpy(pixels[top : top + wanted, left : left + wanted].copy()).permute(2, 0, 1)[None].float() / 255
    boxes = trees.copy()
    boxes[:, [1, 3]] -= left
    boxes[:, [2, 4]] -= top
    area = (boxes[:, 3] - boxes[:, 1]) * (boxes[:, 4] - boxes[:, 2])
    boxes[:, 1:] = boxes[:, 1:].clip(0, wanted)
    boxes = boxes[(boxes[:, 3] - boxes[:, 1]) * (boxes[:, 4] - boxes[:, 2]) >= 0.4 * area]
    if wanted != side:
        image = F.interpolate(image, (side, side), mode="bilinear", antialias=wanted > side)
        boxes[:, 1:] *= side / wanted
    image, boxes = turn(random, image[0], boxes, side)
    if random.random() < 0.2:
        image = strew(random, image, boxes)
    return recolour(random, image), boxes


def turn(random, image, boxes, side):
    """One of the eight ways to lay a square down."""
    if random.random() < 0.5:
        image = image.flip(2)
        boxes[:, [1, 3]] = side - boxes[:, [3, 1]]
    if random.random() < 0.5:
        image = image.flip(1)
        boxes[:, [2, 4]] = side - boxes[:, [4, 2]]
    if random.random() < 0.5:
        image = image.transpose(1, 2)
        boxes = boxes[:, [0, 2, 1, 4, 3]]
    return image, boxes


def strew(random, image, boxes):
    """Pale stones and sand beside the crowns, which real ground has and which are no blossoms."""
    side = image.shape[1]
    cells = int(random.integers(4, 16))
    patches = F.interpolate(torch.rand(1, 1, cells, cells), (side, side), mode="bicubic")[0]
    stones = (patches > random.uniform(0.55, 0.8)) & (torch.rand(1, side, side) < random.uniform(0.2, 0.9))
    for _, left, top, right, bottom in boxes.round().astype(int):
        y, x = np.ogrid[-1 : 1 : (bottom - top) * 1j, -1 : 1 : (right - left) * 1j]
        stones[:, top:bottom, left:right] &= torch.from_numpy(x**2 + y**2 > 1.1)
    pale = random.uniform(0.7, 1.0) * (0.8 + 0.2 * torch.rand(1, side, side))
    opacity = F.avg_pool2d(stones.float()[None], 3, 1, 1)[0] if random.random() < 0.5 else stones.float()
    return image + (pale - image) * opacity


def recolour(random, image):
    """Other light, white balance, saturation, sharpness and noise."""
    # Scenes differ in these already; half of the crops stay as they are, so that the hue of fruit can be relied on.
    if random.random() < 0.5:
        return image
    gains = random.uniform(0.9, 1.1, 3) * random.uniform(0.65, 1.6)
    image = image * torch.tensor(gains, dtype=torch.float32)[:, None, None]
    if random.random() < 0.1:
        image = image * (image.mean() / (image.mean((1, 2), keepdim=True) + 1e-3))
    if random.random() < 0.5:
        grey = image.mean(0, keepdim=True)
        image = grey + (image - grey) * random.uniform(0.7, 1.3)
    if random.random() < 0.3:
        image = image.clamp(min=1e-3) ** random.uniform(0.6, 1.4)
    if random.random() < 0.15:
        image = F.avg_pool2d(F.pad(image[None], (1, 1, 1, 1), mode="replicate"), 3, 1)[0]
    elif random.random() < 0.2:
        smooth = F.avg_pool2d(F.pad(image[None], (1, 1, 1, 1), mode="replicate"), 3, 1)[0]
        image = image + random.uniform(0.3, 1.2) * (image - smooth)
    if random.random() < 0.3:
        image = image + torch.randn(image.shape) * random.uniform(0, 0.04)
    return image.clamp(0, 1)


class Crops(torch.utils.data.Dataset):
    """`count` crops, each with a generator of its own, so that the order of work does not matter."""

    def __init__(self, pixels, trees, side, count, seed):
        self.pixels, self.trees, self.side, self.count, self.seed = pixels, trees, side, count, seed

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        random = np.random.default_rng([self.seed, index])
        torch.manual_seed(random.integers(2**31))
        scene = random.integers(len(self.trees))
        return crop(random, self.pixels[scene], self.trees[scene], self.side)


def collate(items):
    """Images, boxes padded to the most `[b, m, 4]`, labels `[b, m]` and which are present `[b, m]`."""
    most = max(1, max(len(boxes) for _, boxes in items))
    padded = torch.zeros(len(items), most, 5)
    present = torch.zeros(len(items), most, dtype=torch.bool)
    for i, (_, boxes) in enumerate(items):
        padded[i, : len(boxes)] = torch.from_numpy(boxes)
        present[i, : len(boxes)] = True
    return torch.stack([image for image, _ in items]), padded[..., 1:], padded[..., 0].long(), present
