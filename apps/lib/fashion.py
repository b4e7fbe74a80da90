"""Fashion-MNIST as Debian's dataset-fashion-mnist installs it: 28 x 28 grey images of clothes."""

import gzip
import math
import os
import struct
import zlib

import numpy as np
import torch

import pentad_app

LABELS = (
    "t-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"
)  # fmt: skip
LABELS_ZH = ("T恤", "裤子", "套头衫", "连衣裙", "外套", "凉鞋", "衬衫", "运动鞋", "包", "短靴")
PACKAGE = "dataset-fashion-mnist"


def _fail(message):
    pentad_app.fail(pentad_app.INPUT_MISSING, message)


def _read_idx(folder, name, dimensions):
    """Bytes of an IDX file as an array: magic 0 0 8 d, then d big-endian sizes, then the bytes."""
    path = os.path.join(folder, name)
    try:
        with gzip.open(path, "rb") as packed:
            data = packed.read()
    except FileNotFoundError:
        _fail(f"{path} is missing (apt-get install --no-install-recommends {PACKAGE})")
    except (OSError, EOFError, zlib.error) as error:
        _fail(f"cannot read {path}: {error}")
    header = 4 + 4 * dimensions
    if len(data) < header or data[:4] != bytes((0, 0, 8, dimensions)):
        _fail(f"{path} is no IDX file of bytes in {dimensions} dimensions")
    sizes = struct.unpack(f">{dimensions}I", data[4:header])
    if len(data) != header + math.prod(sizes):
        _fail(f"{path} is damaged: {len(data)} bytes do not make {sizes}")
    return np.frombuffer(data, np.uint8, offset=header).reshape(sizes)


def load(folder, part):
    """Images (n, 1, 28, 28) as bytes and labels (n,) of part "train" or "t10k"."""
    images = _read_idx(folder, f"{part}-images-idx3-ubyte.gz", 3)
    labels = _read_idx(folder, f"{part}-labels-idx1-ubyte.gz", 1)
    count = len(labels)
    if images.shape != (count, 28, 28) or count == 0 or labels.max() > 9:
        _fail(f"{folder} does not hold Fashion-MNIST")
    return torch.from_numpy(images.copy()).unsqueeze(1), torch.from_numpy(labels.astype(np.int64))
