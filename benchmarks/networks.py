"""Well-known float32 networks with seeded random weights, by name: `NETWORKS["mobilenet_v2"]()` is a `.tflite` file.

    python benchmarks/networks.py mobilenet_v2 model.tflite

Every function takes `softmax=False` to end at the logits (with random weights a softmax over many classes is nearly
uniform, so results are better compared without it), and `seed`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from large_networks import inception_v3, resnet_50, unet
from mobile_networks import efficientnet_b0, mobilenet_v1, mobilenet_v2, mobilenet_v3_small
from sequence_networks import lstm_unrolled, vit

NETWORKS: dict[str, Callable[..., bytes]] = {
    "mobilenet_v1": mobilenet_v1,
    "mobilenet_v2": mobilenet_v2,
    "mobilenet_v3_small": mobilenet_v3_small,
    "efficientnet_b0": efficientnet_b0,
    "resnet_50": resnet_50,
    "inception_v3": inception_v3,
    "unet": unet,
    "vit": vit,
    "lstm_unrolled": lstm_unrolled,
}

if __name__ == "__main__":
    network, path = sys.argv[1:]
    Path(path).write_bytes(NETWORKS[network]())
