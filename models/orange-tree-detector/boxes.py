"""Boxes as corners in pixels: overlap, which place answers for which box, suppression of doubles, average precision."""
import math

import numpy as np
import torch


def pairwise_iou(a, b):
    """Intersection over union of `[..., n, 4]` with `[..., m, 4]`: `[..., n, m]`."""
    low = torch.maximum(a[..., :, None, :2], b[..., None, :, :2])
    high = torch.minimum(a[..., :, None, 2:], b[..., None, :, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    area = lambda x: (x[..., 2:] - x[..., :2]).clamp(min=0).prod(-1)
    return shared / (area(a)[..., :, None] + area(b)[..., None, :] - shared + 1e-7)


def complete_iou(a, b):
    """IoU less what separates the middles and the shapes, row by row (Zheng et al. 2020)."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    size_a, size_b = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    iou = shared / (size_a.prod(-1) + size_b.prod(-1) - shared + 1e-7)
    hull = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    apart = ((a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]) ** 2).sum(-1) / 4
    angle = lambda size: torch.atan(size[:, 0] / (size[:, 1] + 1e-7))
    shape = 4 / math.pi**2 * (angle(size_a) - angle(size_b)) ** 2
    with torch.no_grad():
        weight = shape / (1 - iou + shape + 1e-7)
    return iou - apart / ((hull**2).sum(-1) + 1e-7) - weight * shape


@torch.no_grad()
def assign(scores, boxes, points, truth_boxes, truth_labels, present, most=10):
    """
    Task-aligned assignment (Feng et al. 2021, as in YOLOv8). Shapes: scores `[b, p, c]`, boxes `[b, p, 4]`, points `[p, 2]`,
    truths `[b, m, 4]`, `[b, m]`, `[b, m]`. Returns for each place the truth it answers for `[b, p]`, whether it does `[b, p]`, and
    the class scores it should give `[b, p, c]`.
    """
    batch, count, classes = scores.shape
    inside = torch.cat(
        [points[None, None] - truth_boxes[:, :, None, :2], truth_boxes[:, :, None, 2:] - points[None, None]], -1
    ).amin(-1) > 0
    allowed = inside & present[:, :, None]
    overlap = pairwise_iou(truth_boxes, boxes) * allowed
    sure = torch.gather(scores.transpose(1, 2), 1, truth_labels[:, :, None].expand(-1, -1, count))
    squared = overlap * overlap
    fit = sure.sqrt() * squared * squared * squared * allowed
    best = fit.topk(most, -1).indices
    chosen = torch.zeros_like(allowed).scatter_(-1, best, True) & allowed
    # A place answers for one box only: the one it covers best.
    winner = (overlap * chosen).argmax(1)
    chosen &= torch.nn.functional.one_hot(winner, truth_boxes.shape[1]).transpose(1, 2).bool()
    answers = chosen.any(1)
    fit = fit * chosen
    level = fit / (fit.amax(-1, keepdim=True) + 1e-9) * (overlap * chosen).amax(-1, keepdim=True)
    target = level.amax(1)
    labels = torch.gather(truth_labels, 1, winner)
    targets = torch.nn.functional.one_hot(labels, classes) * (target * answers)[..., None]
    return winner, answers, targets


def suppress(boxes, scores, threshold=0.5):
    """Indices that stay, best first, after greedy suppression within one class."""
    order = np.argsort(-scores, kind="stable")
    iou = pairwise_iou(torch.from_numpy(boxes), torch.from_numpy(boxes)).numpy()
    stay = []
    gone = np.zeros(len(order), bool)
    for i in order:
        if gone[i]:
            continue
        stay.append(i)
        gone |= iou[i] > threshold
    return np.array(stay, int)


def decode(output, confidence, threshold=0.5):
    """One picture's `[4 + classes, places]` as a list of (class, score, corners); suppressed within each class."""
    found = []
    for label, row in enumerate(output[4:]):
        keep = np.flatnonzero(row > confidence)
        keep = keep[np.argsort(-row[keep])[:600]]
        cx, cy, w, h = output[:4, keep]
        boxes = np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], -1)
        found += [(label, float(row[keep[i]]), boxes[i]) for i in suppress(boxes, row[keep], threshold)]
    return found


def average_precision(pictures, label, least=0.5):
    """Area under precision over recall for one class; `pictures` are pairs of detections and truths `(class, corners)`."""
    rows, total = [], 0
    for found, truths in pictures:
        boxes = np.array([box for one, box in truths if one == label], np.float32).reshape(-1, 4)
        total += len(boxes)
        free = np.ones(len(boxes), bool)
        mine = sorted((d for d in found if d[0] == label), key=lambda d: -d[1])
        for _, score, box in mine:
            iou = pairwise_iou(torch.from_numpy(box[None].astype(np.float32)), torch.from_numpy(boxes)).numpy()[0] * free
            right = len(iou) > 0 and iou.max() >= least
            if right:
                free[iou.argmax()] = False
            rows.append((score, right))
    if total == 0:
        return float("nan")
    rows.sort(key=lambda row: -row[0])
    right = np.cumsum([row[1] for row in rows]) if rows else np.zeros(1)
    precision = np.maximum.accumulate((right / np.arange(1, len(right) + 1))[::-1])[::-1]
    recall = np.concatenate([[0], right / total])
    return float(((recall[1:] - recall[:-1]) * precision).sum())
