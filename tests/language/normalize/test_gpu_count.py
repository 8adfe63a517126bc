"""Numbers of accelerators: rows of (surface, expected)."""

import pytest

from runspan.base.values import Quantity
from runspan.language.normalize import normalize
from tests.language.normalize.rows import ABOUT, AT_LEAST, AT_MOST, nothing, quantity

GPU_COUNT = [
    ("8", 8),
    ("16,384", 16_384),
    ("16 384", 16_384),
    ("Eight", 8),
    ("eight (8)", 8),
    ("8x", 8),
    ("8×", 8),
    ("x8", 8),
    ("× 8", 8),
    ("4 × 8", 32),
    ("2x8", 16),
    ("4*8", 32),
    ("48 x 8", 384),
    ("2 x 4 x 8", 64),
    ("an", 1),
    ("one", 1),
    ("a single", 1),
    ("only one", 1),
    ("a dozen", 12),
    ("two dozen", 24),
    ("half a dozen", 6),
    ("dual", 2),
    ("both", 2),
    ("a hundred", 100),
    ("one hundred and twenty-eight", 128),
    ("one hundred twenty eight", 128),
    ("two thousand and forty-eight", 2048),
    ("sixty-\nfour", 64),
    ("8 GPUs", 8),
    ("8-GPU", 8),
    ("512 chips", 512),
    ("64 TPU v3 cores", 64),
    ("8 A100 GPUs", 8),
    ("8 × NVIDIA A100", 8),
    ("4 3090s", 4),
    ("16 nodes with 8 GPUs each", 128),
    ("4 nodes × 8 GPUs", 32),
    ("4 nodes × 8 GPUs/node", 32),
    ("4 nodes, each with 8 GPUs", 32),
    ("4 nodes (8 GPUs each)", 32),
    ("8 GPUs on each of 4 nodes", 32),
    ("8 A100 GPUs per node on 4 nodes", 32),
    ("two 8-GPU nodes", 16),
    ("an 8-GPU node", 8),
    ("1 node (8 GPUs)", 8),
    ("16 GPUs (2 nodes)", 16),
    ("16 nodes (128 GPUs in total)", 128),
    ("64 (8 nodes × 8 GPUs)", 64),
    ("128 GPUs across 16 nodes", 128),
    ("16 × 8 H100", 128),
    ("16 nodes * 8 GPUs", 128),
    ("4 x GPUs", 4),
    ("32 × 8 = 256", 256),
    ("eight (8) GPUs", 8),
    ("8xA100", 8),
    ("8 A100 GPUs with 80GB of memory each", 8),
    ("# GPUs: 8", 8),
    ("a cluster of 64 GPUs", 64),
    ("TPU v3-128", 128),
    ("v5e-256", 256),
    ("10k", 10_000),
    ("all 8", 8),
    ("a total of 64", 64),
    ("64 in total", 64),
    ("**64**", 64),
    ("1e3", 1000),
    ("up to 64", Quantity(64, qualifier=AT_MOST)),
    ("at least 8", Quantity(8, qualifier=AT_LEAST)),
    ("1,000+", Quantity(1000, qualifier=AT_LEAST)),
    ("8 or more GPUs", Quantity(8, qualifier=AT_LEAST)),
    ("~2000", Quantity(2000, qualifier=ABOUT)),
    ("8–16 GPUs", Quantity(None, 8, 16)),
    ("2,048 to 3,072", Quantity(None, 2048, 3072)),
    ("between 8 and 16", Quantity(None, 8, 16)),
    *nothing("""
        0 | -8 | 1.5 | 1.024 | 8 or 16 | 8/16 | 16-8 | a few | a couple of | many | multiple | dozens of |
        thousands of | several hundred | 16 nodes | 8 GPUs per node | 8 GPUs/node | 8 CPUs | 8 days | 80GB | 8² |
        three four | ten ten | 8 (nine) | 32 × 8 = 255 | GPUs | 16 nodes (128 GPUs) | 4 nodes, 8 GPUs |
        4 nodes and 32 GPUs | 4 nodes with 32 GPUs total | 4 of 8 GPUs | 100.000 |
        8-GPU nodes | 8 A100 and 4 V100 | 64 (8 × 4)
    """),
]


@pytest.mark.parametrize(("text", "expected"), GPU_COUNT)
def test_gpu_count(text: str, expected: object) -> None:
    assert normalize("gpu_count", text) == quantity(expected)
