"""Trains the detector on rendered scenes and writes model.onnx: `train.py <data folder> <onnx file> --steps N`."""
import argparse
import copy
import json
import math
import time

import numpy as np
import torch

from augment import Crops, collate, load
from boxes import assign, average_precision, complete_iou, decode
from network import CLASSES, Detector, YoloOutput, places

SEED = 20250901


def main():
    options = parse()
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    pixels, trees = load(options.data, "train")
    validation = load(options.data, "validation")
    print(f"{len(trees)} scenes, {sum(map(len, trees))} trees", flush=True)
    net = Detector()
    if options.start:
        net.load_state_dict(torch.load(options.start))
    net = net.to(memory_format=torch.channels_last)
    average = copy.deepcopy(net).eval()
    optimizer = torch.optim.AdamW(weight_groups(net), lr=options.rate)
    crops = Crops(pixels, trees, options.side, options.steps * options.batch, SEED + options.first)
    loader = torch.utils.data.DataLoader(crops, options.batch, num_workers=1, collate_fn=collate)
    points, strides = places(options.side, options.side)
    started, losses = time.time(), []
    for step, (images, boxes, labels, present) in enumerate(loader):
        progress = (time.time() - started) / (60 * options.minutes) if options.minutes else step / options.steps
        if progress >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = options.rate * schedule(step, progress)
        raw = net(images.contiguous(memory_format=torch.channels_last))
        loss, parts = detection_loss(raw, points, strides, boxes, labels, present)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimizer.step()
        follow(average, net, min(0.998, (1 + step) / (10 + step)))
        losses.append(parts)
        if (step + 1) % 50 == 0:
            cls, box = np.mean(losses[-50:], 0)
            print(f"step {step + 1} cls {cls:.3f} box {box:.3f} {time.time() - started:.0f} s", flush=True)
        if (step + 1) % options.check == 0:
            report(average, validation, 24)
            torch.save(average.state_dict(), options.onnx + ".pt")
    torch.save(average.state_dict(), options.onnx + ".pt")
    export(average, options.onnx)
    report(average, validation, len(validation[1]))
    facts = {
        "createdAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "algorithm": "convolutional detector, boxes without anchors, task-aligned assignment, AdamW, cosine schedule, averaged weights",
        "data": "rendered scenes, orchard/",
        "split": "seeds of their own for training, validation, test and reference, samples.ts",
        "seed": SEED,
        "scenes": len(trees),
        "boxes": sum(map(len, trees)),
        "crops": len(losses) * options.batch,
        "epochs": round(len(losses) * options.batch * options.side**2 / (len(trees) * 512**2), 2),
        "steps": len(losses),
        "batchSize": options.batch,
        "cropPixels": options.side,
        "learningRate": options.rate,
        "weights": sum(p.numel() for p in net.parameters()),
        "goesOnFrom": options.note,
    }
    with open(options.onnx + ".json", "w") as file:
        json.dump({name: value for name, value in facts.items() if value is not None}, file)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("onnx")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--minutes", type=float, help="end after this time, with the schedule drawn over it")
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--check", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="another number gives other crops")
    parser.add_argument("--start", help="weights to go on from")
    parser.add_argument("--note", help="what those weights had seen, for version.json")
    return parser.parse_args()


def schedule(step, progress):
    """A short rise, then half a cosine; `progress` goes from 0 to 1."""
    rise = min(1.0, (step + 1) / 50)
    return rise * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))


def weight_groups(net):
    """Only the weights of convolutions decay."""
    decayed = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}]


def detection_loss(raw, points, strides, truth_boxes, truth_labels, present):
    """Binary cross-entropy towards task-aligned scores, and complete IoU where a place answers for a box."""
    raw = raw.transpose(1, 2)
    logits = raw[..., 4:]
    boxes = torch.cat([points - raw[..., 0:2] * strides, points + raw[..., 2:4] * strides], -1)
    winner, answers, targets = assign(
        logits.detach().sigmoid(), boxes.detach(), points, truth_boxes, truth_labels, present
    )
    total = targets.sum().clamp(min=1.0)
    cls = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="sum") / total
    box = logits.new_zeros(())
    if answers.any():
        wanted = torch.gather(truth_boxes, 1, winner[..., None].expand(-1, -1, 4))[answers]
        weight = targets.sum(-1)[answers]
        box = ((1 - complete_iou(boxes[answers], wanted)) * weight).sum() / total
    return cls + 4.0 * box, (cls.item(), box.item())


@torch.no_grad()
def follow(average, net, decay):
    """Exponential moving average of the weights; counts and running statistics of normalisation too."""
    for mine, theirs in zip(average.state_dict().values(), net.state_dict().values()):
        if mine.dtype.is_floating_point:
            mine.mul_(decay).add_(theirs, alpha=1 - decay)
        else:
            mine.copy_(theirs)


@torch.no_grad()
def report(net, scenes, count):
    """Prints the average precision per class on whole scenes."""
    model, pictures = YoloOutput(net, 512).eval(), []
    for pixels, trees in zip(scenes[0][:count], scenes[1][:count]):
        image = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float() / 255
        pictures.append((decode(model(image)[0].numpy(), 0.01), [(int(row[0]), row[1:]) for row in trees]))
    values = [average_precision(pictures, label) for label in range(len(CLASSES))]
    by_class = " ".join(f"{name} {value:.3f}" for name, value in zip(CLASSES, values))
    print(f"mAP@0.5 {np.nanmean(values):.3f} on {len(pictures)} scenes: {by_class}", flush=True)


def export(net, path):
    """Writes the ONNX file with a free batch size."""
    model = YoloOutput(copy.deepcopy(net).to(memory_format=torch.contiguous_format), 512).eval()
    batch = {0: "batch"}
    torch.onnx.export(
        model,
        torch.zeros(1, 3, 512, 512),
        path,
        opset_version=14,
        input_names=["images"],
        output_names=["output0"],
        dynamic_axes={"images": batch, "output0": batch},
    )


if __name__ == "__main__":
    main()
