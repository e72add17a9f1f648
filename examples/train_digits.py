"""Train the demo model and write `demo_data/`: a float32 and a full-integer int8 `.tflite`, and the held-out digits.

The data are scikit-learn's handwritten digits (1,797 pictures of 8x8 pixels, from the UCI repository). Training needs
PyTorch and scikit-learn; the models are written with Delegant's own builder, so no converter is involved:

    pip install torch scikit-learn
    python examples/train_digits.py

The network is a small MobileNet: a convolution, two depthwise-separable blocks, one of them residual, a classifier.
"""
from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from digits_export import Layer, float_model, int8_model
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional as F  # noqa: N812

SEED = 7


@dataclass(frozen=True)
class Digits:
    """Pictures as float32 (n, 8, 8, 1) in [0, 1], and labels."""

    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray


def digits() -> Digits:
    raw = load_digits()
    pictures = (raw.images / 16.0).astype(np.float32)[..., None]
    train, test, train_labels, test_labels = train_test_split(
        pictures, raw.target.astype(np.int64), test_size=0.25, random_state=SEED, stratify=raw.target
    )
    return Digits(train, train_labels, test, test_labels)


class Block(nn.Module):
    """A convolution with batch normalisation; `act` adds RELU6."""

    def __init__(self, inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1, act: bool = True):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.size, self.stride, self.act = size, stride, act

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = max((-(-x.shape[2] // self.stride) - 1) * self.stride + self.size - x.shape[2], 0)
        before, after = total // 2, total - total // 2  # TFLite's SAME padding
        x = self.norm(self.conv(F.pad(x, (before, after, before, after))))
        return F.relu6(x) if self.act else x

    def layer(self, name: str) -> Layer:
        """The block as one layer: the normalisation folded into weights and bias."""
        scale = (self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)).detach()
        weights = (self.conv.weight.detach() * scale[:, None, None, None]).numpy()
        bias = (self.norm.bias.detach() - self.norm.running_mean * scale).numpy()
        kind = "depthwise_conv_2d" if self.conv.groups > 1 else "conv_2d"
        axes = (1, 2, 3, 0) if self.conv.groups > 1 else (0, 2, 3, 1)
        return Layer(name, kind, np.ascontiguousarray(weights.transpose(axes)), bias, self.stride, self.act)


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleDict({
            "stem": Block(1, 24, 3),
            "down_depthwise": Block(24, 24, 3, stride=2, groups=24),
            "down_pointwise": Block(24, 48, 1),
            "residual_depthwise": Block(48, 48, 3, groups=48),
            "residual_pointwise": Block(48, 48, 1, act=False),
            "head": Block(48, 96, 1),
        })
        self.classifier = nn.Linear(96, 10)

    def activations(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Every tensor of the exported graph, by name; x is (n, 1, 8, 8)."""
        seen = {"image": x}
        for name, block in self.blocks.items():
            seen[name] = x = block(x)
            if name == "residual_pointwise":
                seen["residual_add"] = x = x + seen["down_pointwise"]
        seen["mean"] = x = x.mean(dim=(2, 3))
        seen["logits"] = self.classifier(x)
        return seen

    def layers(self) -> list[Layer]:
        classifier = Layer(
            "logits", "fully_connected", self.classifier.weight.detach().numpy(), self.classifier.bias.detach().numpy()
        )
        return [block.layer(name) for name, block in self.blocks.items()] + [classifier]


def augmented(x: torch.Tensor) -> torch.Tensor:
    """Shift each picture by up to one pixel and add a little noise."""
    shifted = torch.roll(x, tuple(torch.randint(-1, 2, (2,)).tolist()), dims=(2, 3))
    return (shifted + 0.03 * torch.randn_like(x)).clamp(0, 1)


def train(network: Network, data: Digits, epochs: int) -> None:
    x = torch.from_numpy(data.train).permute(0, 3, 1, 2)
    labels = torch.from_numpy(data.train_labels)
    optimizer = torch.optim.AdamW(network.parameters(), lr=4e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 8e-3, total_steps=epochs * (len(x) // 64 + 1))
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(64):
            logits = network.activations(augmented(x[batch]))["logits"]
            loss = F.cross_entropy(logits, labels[batch], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()


def ranges(network: Network, data: Digits) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of each activation over the training pictures."""
    with torch.no_grad():
        seen = network.activations(torch.from_numpy(data.train).permute(0, 3, 1, 2))
    return {name: (float(x.min()), float(x.max())) for name, x in seen.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent.parent / "demo_data")
    args = parser.parse_args()
    torch.manual_seed(SEED)
    data, network = digits(), Network()
    train(network, data, args.epochs)
    network.eval()
    with torch.no_grad():
        logits = network.activations(torch.from_numpy(data.test).permute(0, 3, 1, 2))["logits"]
    print(f"held-out accuracy {(logits.argmax(1).numpy() == data.test_labels).mean():.4f} on {len(data.test)} pictures")
    args.output.mkdir(exist_ok=True)
    layers = network.layers()
    files = {"digits_float32": float_model(layers), "digits_int8": int8_model(layers, ranges(network, data))}
    for name, content in files.items():
        (args.output / f"{name}.tflite").write_bytes(content)
        print(f"{name}.tflite {len(content):,} bytes")
    pictures = np.rint(data.test[..., 0] * 16).astype(np.uint8)
    np.savez_compressed(args.output / "digits_test.npz", images=pictures, labels=data.test_labels.astype(np.uint8))


if __name__ == "__main__":
    main()
