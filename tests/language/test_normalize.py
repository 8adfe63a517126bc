"""Normalisers: rows of (surface, expected), and properties of any text."""

import json
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runspan.base.labels import LABELS
from runspan.base.values import Country, Duration, Hardware, Name, Quantity, Value, Year
from runspan.language.normalize import NORMALIZERS, normalize, normalize_params, normalize_training
from runspan.language.normalize.cleaning import MAX_CHARS, clean, fold
from runspan.language.normalize.numbers import parse_number
from runspan.language.normalize.tables import read_table

EXAMPLES = Path(__file__).parents[1] / "data" / "normalize_examples.tsv"
ABOUT: Final = "approximately"
AT_LEAST: Final = "at least"
AT_MOST: Final = "at most"
CLOCK: Final = "wall_clock"
DEVICES: Final = "accelerator_hours"
K, M, B = 10**3, 10**6, 10**9
DAY, WEEK, MONTH, YEAR = 24.0, 168.0, 730.5, 8766.0


def nothing(surfaces: str) -> list[tuple[str, None]]:
    """Rows of surfaces, between bars, that have no value."""
    return [(surface.strip(), None) for surface in surfaces.split("|")]


def unresolved(surfaces: str) -> list[tuple[str, None, None, None]]:
    """Rows of surfaces, between bars, that name no one device."""
    return [(surface.strip(), None, None, None) for surface in surfaces.split("|")]


PARAMS = [
    ("34,2 billion", 34_200 * M),
    ("1,5 billion parameters", 1500 * M),
    ("110 million", 110 * M),
    ("1.7 trillion", 1700 * B),
    ("1.04T\nparameters", 1040 * B),
    ("0.3B params", 300 * M),
    ("345M", 345 * M),
    ("345 m", 345 * M),
    ("12k", 12 * K),
    ("584k trainable\nparameters", 584 * K),
    ("6716M parameters", 6716 * M),
    ("1,300M parameters", 1300 * M),
    ("7bn parameters", 7 * B),
    ("65 mn parameters", 65 * M),
    ("671B total parameters", 671 * B),
    ("671B in total", 671 * B),
    ("total of 671B parameters", 671 * B),
    ("671B (37B active)", 671 * B),
    ("671B parameters with 37B activated", 671 * B),
    ("46.7B total / 12.9B active", 46_700 * M),
    ("8x7B (46.7B total)", 46_700 * M),
    ("31,842", 31_842),
    ("7000000", 7 * M),
    ("1,043,781 parameters", 1_043_781),
    ("1 234 567 parameters", 1_234_567),
    ("1\u202f234\u202f567 parameters", 1_234_567),
    ("1'234'567", 1_234_567),
    ("1.234.567", 1_234_567),
    ("12,34,567 parameters", 1_234_567),
    ("1_000_000", 1_000_000),
    ("500 parameters", 500),
    ("1e9", B),
    ("1.3e9 parameters", 1300 * M),
    ("1.3×10⁹ parameters", 1300 * M),
    ("2.1 × 10^6 params", 2_100 * K),
    ("1.3 × 10<sup>9</sup> parameters", 1300 * M),
    ("$1.3 \\times 10^{9}$", 1300 * M),
    ("10^9 parameters", B),
    ("10**9 parameters", B),
    ("1.3&nbsp;&times; 10<sup>9</sup>", 1300 * M),
    ("a billion parameters", B),
    ("half-a-billion parameters", 500 * M),
    ("two and a half billion", 2500 * M),
    ("one and a half billion", 1500 * M),
    ("a billion and a half parameters", 1500 * M),
    ("three quarters of a billion", 750 * M),
    ("a quarter of a million parameters", 250 * K),
    ("one point five billion parameters", 1500 * M),
    ("two hundred million parameters", 200 * M),
    ("1.5 hundred million", 150 * M),
    ("hundred thousand", 100 * K),
    ("one million two hundred thousand parameters", 1_200 * K),
    ("175-billion-parameter", 175 * B),
    ("5.8M-parameter", 5_800 * K),
    ("the 175B model", 175 * B),
    ("a 7B", 7 * B),
    ("(34B)", 34 * B),
    ("params: 34B.", 34 * B),
    ("1.9 mil-\nlion parameters", 1_900 * K),
    ("34.2** billion parameters", 34_200 * M),
    ("_7B_", 7 * B),
    ("`345M`", 345 * M),
    ("３４B", 34 * B),
    ("235B-A22B", 235 * B),
    ("30B-A3.3B", 30 * B),
    ("activates 37B of its 671B parameters", 671 * B),
    ("671B parameters, of which 37B are activated", 671 * B),
    ("86M trainable params out of 7B total", 7 * B),
    ("175 billion (175B)", 175 * B),
    ("one hundred and ten million (110M) parameters", 110 * M),
    ("one-and-a-half billion", 1500 * M),
    ("three-quarters of a billion parameters", 750 * M),
    ("110 millions of parameters", 110 * M),
    ("110 Mio. Parameter", 110 * M),
    ("7 Mrd. Parameter", 7 * B),
    ("7 milliards de paramètres", 7 * B),
    ("70亿参数", 7 * B),
    ("1 234,5 million", 1_234_500 * K),
    ("1.234,5 million", 1_234_500 * K),
    ("a 7 billion parameter language model", 7 * B),
    ("7Bparameters", 7 * B),
    ("7B†", 7 * B),
    ("[7B]", 7 * B),
    ("> 100B", Quantity(100 * B, qualifier=AT_LEAST)),
    ("≥100B", Quantity(100 * B, qualifier=AT_LEAST)),
    ("100B+", Quantity(100 * B, qualifier=AT_LEAST)),
    ("more than a billion", Quantity(B, qualifier=AT_LEAST)),
    ("less than 1M parameters", Quantity(M, qualifier=AT_MOST)),
    ("no more than 10M", Quantity(10 * M, qualifier=AT_MOST)),
    ("up to about 540B", Quantity(540 * B, qualifier=AT_MOST)),
    ("~1.5B", Quantity(1500 * M, qualifier=ABOUT)),
    ("$\\sim$1.5B", Quantity(1500 * M, qualifier=ABOUT)),
    ("nearly 2B parameters", Quantity(2 * B, qualifier=ABOUT)),
    ("1.5B (approx.)", Quantity(1500 * M, qualifier=ABOUT)),
    ("on the order of 10^9 parameters", Quantity(B, qualifier=ABOUT)),
    ("7-70B", Quantity(None, 7 * B, 70 * B)),
    ("7 to 70 billion", Quantity(None, 7 * B, 70 * B)),
    ("between 7B and 70B", Quantity(None, 7 * B, 70 * B)),
    ("500M -- 1.5B", Quantity(None, 500 * M, 1500 * M)),
    *nothing("""
        7 | 1.3 | zero | 0B | −7B | 8x7B | A22B | 37B active | 12.345 parameters | 1.2.3B | 7 mil millones | 7% |
        30B×4 | 1.3 × 109 | 1.3B and 2.7B | 1.3B/2.7B | 70B–7B | 7B tokens | 7 GB |
        80 GB | 1.3G | 2B FLOPs | $7B | 37B activated parameters | 6.7B non-embedding parameters |
        1.3B LoRA parameters | hundreds of millions | tens of billions of parameters | a few billion |
        several million | million | 7B7 | 2^30 | 1.3 parameters | 1,23,4 | 1,2345 million | 1,234 billion | 9e99 |
        1e999999 params | 8 billion 30 million | over 10B at most
    """),
]

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

TRAINING = [
    ("3 d 4 h", 76.0),
    ("13h 20m", 13 + 1 / 3),
    ("2h30m15s", 2.5 + 15 / 3600),
    ("1h30", 1.5),
    ("8 h 05 min", 8 + 1 / 12),
    ("12:30 h", 12.5),
    ("01:30:00", 1.5),
    ("1 day, 12:00:00", 36.0),
    ("1 hr. 15 min.", 1.25),
    ("one-and-a-half days", 36.0),
    ("three-quarters of an hour", 0.75),
    ("a three-day run", 72.0),
    ("a whole week", WEEK),
    ("an entire week", WEEK),
    ("3 calendar days", 72.0),
    ("1,5 Stunden", 1.5),
    ("3 días", 72.0),
    ("36小时", 36.0),
    ("just shy of 3 weeks", Duration(3 * WEEK, CLOCK, qualifier=AT_MOST)),
    ("6000 GPUhours", Duration(6000.0, DEVICES)),
    ("1.3M GPU-hours (A100-80GB)", Duration(1_300_000.0, DEVICES)),
    ("3 days of training with 8 GPUs", 72.0),
    ("2 days and 6 hours", 54.0),
    ("6 days 4 hours", 148.0),
    ("1 week, 2 days", 216.0),
    ("3 days + 4 hours", 76.0),
    ("half an hour", 0.5),
    ("an hour and a half", 1.5),
    ("a day and a half", 36.0),
    ("a week and a half", 252.0),
    ("four days and a half", 108.0),
    ("two days and half an hour", 48.5),
    ("a quarter of an hour", 0.25),
    ("5½ hours", 5.5),
    ("1 1/2 days", 36.0),
    ("1/2 day", 12.0),
    ("two weeks", 2 * WEEK),
    ("a fortnight", 2 * WEEK),
    ("a month", MONTH),
    ("3 mo", 3 * MONTH),
    ("1 yr", YEAR),
    ("2 wk", 2 * WEEK),
    ("90 mins", 1.5),
    ("3600 s", 1.0),
    ("27h", 27.0),
    ("495 hrs", 495.0),
    ("4.5d", 108.0),
    ("1,5 days", 36.0),
    ("1,100,000 hours", 1_100_000.0),
    ("1 million hours", 1_000_000.0),
    ("10^4 hours", 10_000.0),
    ("one hundred and twenty hours", 120.0),
    ("Thirty-four days", 34 * DAY),
    ("three further days", 72.0),
    ("3 consecutive days", 72.0),
    ("a 10-day run", 240.0),
    ("three-week", 3 * WEEK),
    ("around\neleven hours", Duration(11.0, CLOCK, qualifier=ABOUT)),
    ("72 hours (3 days)", 72.0),
    ("3 days of wall-clock time", 72.0),
    ("24 wall-clock hours", 24.0),
    ("60 hours total", 60.0),
    ("5 days on 8 A100 GPUs", 120.0),
    ("four to five days", Duration(108.0, CLOCK, 96.0, 120.0)),
    ("between 5 and 7 hours", Duration(6.0, CLOCK, 5.0, 7.0)),
    ("between 5 hours and 7 hours", Duration(6.0, CLOCK, 5.0, 7.0)),
    ("30 minutes to 1 hour", Duration(0.75, CLOCK, 0.5, 1.0)),
    ("3~4 days", Duration(84.0, CLOCK, 72.0, 96.0)),
    ("about 5-6 days", Duration(132.0, CLOCK, 120.0, 144.0, ABOUT)),
    ("2-3 GPU days", Duration(60.0, DEVICES, 48.0, 72.0)),
    ("24+ hours", Duration(24.0, CLOCK, qualifier=AT_LEAST)),
    ("> 24 h", Duration(24.0, CLOCK, qualifier=AT_LEAST)),
    ("over two weeks", Duration(336.0, CLOCK, qualifier=AT_LEAST)),
    ("little more than an hour", Duration(1.0, CLOCK, qualifier=AT_LEAST)),
    ("3 weeks or more", Duration(504.0, CLOCK, qualifier=AT_LEAST)),
    ("under a day", Duration(24.0, CLOCK, qualifier=AT_MOST)),
    ("just under 4 days", Duration(96.0, CLOCK, qualifier=AT_MOST)),
    ("no more than 2 days", Duration(48.0, CLOCK, qualifier=AT_MOST)),
    ("an hour or so", Duration(1.0, CLOCK, qualifier=ABOUT)),
    ("ca. 3 days", Duration(72.0, CLOCK, qualifier=ABOUT)),
    ("some 70 hours", Duration(70.0, CLOCK, qualifier=ABOUT)),
    ("≈ 7 h", Duration(7.0, CLOCK, qualifier=ABOUT)),
    ("8 GPU-days", Duration(192.0, DEVICES)),
    ("two GPU days", Duration(48.0, DEVICES)),
    ("74K GPU hours", Duration(74_000.0, DEVICES)),
    ("22.7 thousand GPU hours", Duration(22_700.0, DEVICES)),
    ("35.4 million accelerator hours", Duration(35_400_000.0, DEVICES)),
    ("1,488,137.26 DCU hours", Duration(1_488_137.26, DEVICES)),
    ("60,400 A100 hours", Duration(60_400.0, DEVICES)),
    ("7.0M H100-80GB GPU hours", Duration(7_000_000.0, DEVICES)),
    ("39.3**M GPU hours", Duration(39_300_000.0, DEVICES)),
    ("16 3090-hours", Duration(16.0, DEVICES)),
    ("1000 TPUv4-hours", Duration(1000.0, DEVICES)),
    ("1000 TPU v4 core-hours", Duration(1000.0, DEVICES)),
    ("256 TPU v3-days", Duration(6144.0, DEVICES)),
    ("500 device-hours", Duration(500.0, DEVICES)),
    ("500 chip-hours", Duration(500.0, DEVICES)),
    ("1.5 GPU years", Duration(1.5 * YEAR, DEVICES)),
    ("100 GPU·hours", Duration(100.0, DEVICES)),
    ("100 GPUh", Duration(100.0, DEVICES)),
    ("3000 hours of GPU time", Duration(3000.0, DEVICES)),
    ("approximately two GPU days", Duration(48.0, DEVICES, qualifier=ABOUT)),
    *nothing("""
        36 | 150000 | 336 thousand | 45 m | 12:30 | overnight | a weekend | three nights | Two days and a night |
        five days and some hours | several weeks | a couple of weeks | some hours | few days | days | 0 hours |
        2/3 days | 24/7 | 24 hours a day | 3 hours per epoch | 3 hours/epoch | 2 days each | 300B tokens |
        1e23 FLOPs | 5 PF-days | 1000 CPU hours | 1000 core-hours | 200 node-hours | 2 x 24 hours | 3*2*24 hours |
        8×24 GPU-hours | 16 h × 8 GPUs | 64 GPUs for 3 days | 2 hours 3 days | 3 days to 2 days | 72 hours (4 days) |
        5 days 80GB | 680,000 hours of speech | 5 working days | 50 node days | 2 or 3 days |
        2 million A100 and H100 hours | 3 cars | 1 h 75
    """),
]

A100, V100, H100, TPU_V3 = "NVIDIA A100", "NVIDIA Tesla V100", "NVIDIA H100", "Google TPU v3"
HARDWARE = [
    ("A100", A100, None, None),
    ("A100s", A100, None, None),
    ("A100's", A100, None, None),
    ("A100’s", A100, None, None),
    ("nvidia-a100-80gb", A100, None, 80),
    ("A100 @ 80GB", A100, None, 80),
    ("A100-40GBs", A100, None, 40),
    ("A100 (40G)", A100, None, 40),
    ("40GB A100", A100, None, 40),
    ("64GB A100", A100, None, 64),
    ("80GM VRAM A100s", A100, None, 80),
    ("a100 with 40GB of VRAM", A100, None, 40),
    ("A100 40/80GB", A100, None, None),
    ("NVIDIA® A100™ Tensor Core GPU", A100, None, None),
    ("8x NVIDIA A100", A100, None, None),
    ("DGX A100", A100, None, None),
    ("NVIDIA A100-SXM4-80GB GPUs", A100, "NVIDIA A100 SXM4 80 GB", 80),
    ("A100-SXM-80GB", A100, "NVIDIA A100 SXM4 80 GB", 80),
    ("A100 80 GB PCIe", A100, "NVIDIA A100 PCIe 80 GB", 80),
    ("H100 SXM5", H100, "NVIDIA H100 SXM5 80GB", None),
    ("NVIDIA H100 80GB HBM3 GPUs", H100, None, 80),
    ("H100 NVL", H100, "NVIDIA H100 NVL", None),
    ("H800 GPUs", "NVIDIA H800", None, 80),
    ("NVIDIA H200 (141GB HBM3e VRAM)", "NVIDIA H200", None, 141),
    ("GH200 superchips", "NVIDIA GH200", None, None),
    ("GB200 NVL72", "NVIDIA GB200", None, 186),
    ("V100S", "NVIDIA Tesla V100S", None, 32),
    ("V100s", V100, None, None),
    ("Tesla V100-SXM2 (16\nGB)", V100, "NVIDIA Tesla V100 SXM2 16 GB", 16),
    ("Nvidia Tesla V100-SXM3 32 Gb GPUs", V100, "NVIDIA Tesla V100 SXM3 32 GB", 32),
    ("NVIDIA\nTesla P100-PCIE-16GB", "NVIDIA Tesla P100", "NVIDIA Tesla P100 PCIe 16GB", 16),
    ("Tesla M40 24GB", "NVIDIA Tesla M40", "NVIDIA Tesla M40 24GB", 24),
    ("Tesla\nK40 GPU", "NVIDIA Tesla K40", None, 12),
    ("Tesla K40m", "NVIDIA Tesla K40", None, 12),
    ("L40S 48GB", "NVIDIA L40S", None, 48),
    ("T4s", "NVIDIA Tesla T4", None, 16),
    ("Google Colab T4", "NVIDIA Tesla T4", None, 16),
    ("NVIDIA A2", "NVIDIA A2", None, 16),
    ("3090s", "NVIDIA GeForce RTX 3090", None, 24),
    ("RTX3090", "NVIDIA GeForce RTX 3090", None, 24),
    ("GTX 1080TI", "NVIDIA GeForce GTX 1080 Ti", None, 11),
    ("GeForce GTX 1080\nTi", "NVIDIA GeForce GTX 1080 Ti", None, 11),
    ("GTX 2080 Ti", "NVIDIA GeForce RTX 2080 Ti", None, None),
    ("GTX 580 3GB GPUs", "NVIDIA GeForce GTX 580", None, 3),
    ("GTX 1660 Super", "NVIDIA GeForce GTX 1660 Super", None, 6),
    ("GeForce GTX 750 Ti", "NVIDIA GeForce GTX 750 Ti", None, None),
    ("NVIDIA RTX 3070 laptop GPU", "NVIDIA GeForce RTX 3070 Laptop", None, 8),
    ("RTX 4070 Ti Super", "NVIDIA GeForce RTX 4070 Ti Super", None, 16),
    ("NVIDIA GeForce RTX 4090 (24GB GDDR6X)", "NVIDIA GeForce RTX 4090", None, 24),
    ("an i5-4790k processor and an NVIDIA GeForce RTX 3070 GPU", "NVIDIA GeForce RTX 3070", None, 8),
    ("Quadro P2000 5GB", "NVIDIA Quadro P2000", None, 5),
    ("Quadro RTX 8000 (48 GB)", "NVIDIA Quadro RTX 8000", None, 48),
    ("RTX 6000 Ada", "NVIDIA RTX 6000 Ada Generation", None, 48),
    ("RTX 5000 Ada Generation", "NVIDIA RTX 5000 Ada", None, 32),
    ("A100×8", A100, None, None),
    ("TPU version 3", TPU_V3, None, 32),
    ("6000 Ada", "NVIDIA RTX 6000 Ada Generation", None, 48),
    ("7900 XTX", "AMD Radeon RX 7900 XTX", None, 24),
    ("910B NPUs", "Huawei Ascend 910B", None, 32),
    ("A6000s", "NVIDIA RTX A6000", None, 48),
    ("Titan X", "NVIDIA TITAN X", None, 12),
    ("GTX Titan X", "NVIDIA GeForce GTX TITAN X", None, 12),
    ("NVIDIA Titan X (Maxwell)", "NVIDIA GeForce GTX TITAN X", None, 12),
    ("NVIDIA Titan X (Pascal) GPUs", "NVIDIA TITAN X (Pascal)", None, 12),
    ("Titan Xp cards", "NVIDIA TITAN Xp", None, 12),
    ("Titan RTX GPUs", "NVIDIA TITAN RTX", None, 24),
    ("TPU v3", TPU_V3, None, 32),
    ("TPUv3", TPU_V3, None, 32),
    ("TPU-v3", TPU_V3, None, 32),
    ("Cloud TPU v3-128", TPU_V3, None, 32),
    ("v3-8 TPU", TPU_V3, None, 32),
    ("TPUs v4", "Google TPU v4", None, 32),
    ("TPU\nv2's", "Google TPU v2", None, 16),
    ("TPU v5e", "Google TPU v5e", None, 16),
    ("TPU v5p chips", "Google TPU v5p", None, 95),
    ("AMD Instinct MI250X accelerators", "AMD Instinct MI250X", None, 128),
    ("MI300X 192GB", "AMD Instinct MI300X", None, 192),
    ("Radeon VII (16 GB)", "AMD Radeon VII", None, 16),
    ("Gaudi 2 HL-225H 96GB", "Intel Habana Gaudi2", None, 96),
    ("Ascend 910B NPUs", "Huawei Ascend 910B", None, 32),
    ("AWS Trainium2 chips", "AWS Trainium2", None, 96),
    ("Cerebras CS-2 systems", "Cerebras CS-2", None, 40),
    ("Graphcore Bow IPUs", "Graphcore Bow IPU", None, 0.9),
    ("Apple M2 Chip", "Apple M2", None, None),
    *unresolved("""
        GPU | TPUs | TPU v5 | NVIDIA | NVIDIA Volta | Ampere GPUs | 80GB | GPU memory budget of 72GB | A2 | M1 |
        RTX 9999 | RTX 3090 Laptop | RTX 6000 48GB | L40s | A100 or V100 | A100/H100 | V100 and P100 | AMD A100 |
        A100-class GPUs | A100 equivalent | a 100 GPU cluster | Intel Core i7-7700K CPU | AMD EPYC 7763 | DGX-2 |
        Xeon Gold 6148 | AWS p4d.24xlarge | DCU
    """),
]

COUNTRY = [
    ("the Netherlands", "NL"),
    ("the UK", "GB"),
    ("The U.S.", "US"),
    ("The Gambia", "GM"),
    ("The Netherlands", "NL"),
    ("US", "US"),
    ("U.S.", "US"),
    ("U. S. A.", "US"),
    ("united states of america", "US"),
    ("United\nStates", "US"),
    ("**Germany**", "DE"),
    ("Germany.", "DE"),
    ("(Germany)", "DE"),
    ("UAE", "AE"),
    ("U.A.E.", "AE"),
    ("U.K.", "GB"),
    ("England", "GB"),
    ("Scotland", "GB"),
    ("Wales", "GB"),
    ("Northern Ireland", "GB"),
    ("Great Britain", "GB"),
    ("P.R.China", "CN"),
    ("PR China", "CN"),
    ("People’s Republic of China", "CN"),
    ("Korea", "KR"),
    ("S. Korea", "KR"),
    ("Korea, Republic of", "KR"),
    ("North Korea", "KP"),
    ("Hong Kong SAR", "HK"),
    ("Hong Kong, China", "HK"),
    ("Taiwan, R.O.C.", "TW"),
    ("Türkiye", "TR"),
    ("Turkey", "TR"),
    ("Czechia", "CZ"),
    ("the Czech Republic", "CZ"),
    ("Viet Nam", "VN"),
    ("Côte d’Ivoire", "CI"),
    ("Cote d'Ivoire", "CI"),
    ("Russian Federation", "RU"),
    ("Iran (Islamic Republic of)", "IR"),
    ("Bosnia & Herzegovina", "BA"),
    ("DR Congo", "CD"),
    ("Georgia", "GE"),
    ("Deutschland", "DE"),
    ("中国", "CN"),
    ("Bengaluru, India", "IN"),
    ("California, USA", "US"),
    ("London, UK", "GB"),
    ("München, Deutschland", "DE"),
    ("France (Paris)", "FR"),
    ("Virginia (USA)", "US"),
    ("Germany (DE)", "DE"),
    ("People's Republic of China (PRC)", "CN"),
    ("Korea (North)", "KP"),
    ("Virgin Islands (US)", "VI"),
    ("Česko", "CZ"),
    ("한국", "KR"),
    ("🇫🇷", "FR"),
    ("🇫🇷 France", "FR"),
    *nothing("""
        in | it | us | no | usa | FR | FRA | EU | European Union | Asia | Africa | South America | Antarctica |
        World | Middle East | California | Paris | Washington | Paris, Texas | Atlanta, Georgia | France, Germany |
        France and Germany | France (and Germany) | Georgia (US) | Paris (Texas) | 🇪🇺 | 🇺🇸 🇬🇧 | French | German |
        Chinese | Congo | here | War | us-east1 | Soviet Union | n/a
    """),
]

YEARS = [
    ("2023", 2023),
    ("**2023**", 2023),
    ("(2023)", 2023),
    ("© 2023", 2023),
    ("15 March 2024", 2024),
    ("Mar. 15th, 2024", 2024),
    ("2023-09-01", 2023),
    ("01/09/2023", 2023),
    ("09.2023", 2023),
    ("2023-09-01T12:30:00Z", 2023),
    ("2009-10", 2009),
    ("2023年3月", 2023),
    ("Q3 2023", 2023),
    ("late 2023", 2023),
    ("summer of 2021", 2021),
    ("2023, 2023", 2023),
    ("1950", 1950),
    ("2047", 2047),
    ("März 2023", 2023),
    ("12 avril 2023", 2023),
    ("marzo de 2023", 2023),
    ("“2023”", 2023),
    ("2023;", 2023),
    ("2019 through 2021", Year(None, 2019, 2021)),
    ("around 2015", Year(2015, qualifier=ABOUT)),
    ("2019–20", Year(None, 2019, 2020)),
    ("2019/2020", Year(None, 2019, 2020)),
    ("from 2019 to 2020", Year(None, 2019, 2020)),
    ("between 2019 and 2020", Year(None, 2019, 2020)),
    ("Dec 2019 – Jan 2020", Year(None, 2019, 2020)),
    *nothing("""
        '23 | 23 | 1949 | 2048 | 2100 | after 2020 | before 2020 | 12023 | 20231 | 2,023 | 2020s | 2019 and 2020 |
        2020-2019 | 2048 GPUs |
        arXiv:2010.12345 | 2023-13-45 | 1999-2001-2003 | 2023.95
    """),
]

NAMES = [
    ("**GEN-θ**", "GEN-θ"),
    ("Signpost-\nNet", "Signpost-Net"),
    ("coca_ViT-L-14", "coca_ViT-L-14"),
    ("`Llama 2\n 7B`", "Llama 2 7B"),
    ("\\_foo\\_", "foo"),
    ("Qwen2.5&nbsp;7B", "Qwen2.5 7B"),
    ("", None),
    ("**", None),
    ("x" * 301, None),
]


def quantity(value: object) -> object:
    return value if isinstance(value, Quantity) else Quantity(value)  # type: ignore[arg-type]


def duration(value: object) -> object:
    return value if isinstance(value, Duration) else Duration(value, value and CLOCK)  # type: ignore[arg-type]


def examples() -> list[tuple[str, str, str]]:
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]  # type: ignore[misc]


@pytest.mark.parametrize(("label", "text", "expected"), examples())
def test_example(label: str, text: str, expected: str) -> None:
    assert json.loads(expected).items() <= dict(normalize(label, text).as_dict()).items()


@pytest.mark.parametrize(("text", "expected"), PARAMS)
def test_params(text: str, expected: object) -> None:
    assert normalize("params", text) == quantity(expected)


@pytest.mark.parametrize(("text", "expected"), GPU_COUNT)
def test_gpu_count(text: str, expected: object) -> None:
    assert normalize("gpu_count", text) == quantity(expected)


@pytest.mark.parametrize(("text", "expected"), TRAINING)
def test_training(text: str, expected: object) -> None:
    assert normalize("training", text) == duration(expected)


@pytest.mark.parametrize(("text", "value", "variant", "memory_gb"), HARDWARE)
def test_hardware(text: str, value: str | None, variant: str | None, memory_gb: float | None) -> None:
    hardware = normalize("hardware", text)
    assert isinstance(hardware, Hardware)
    assert (hardware.value, hardware.variant, hardware.memory_gb) == (value, variant, memory_gb)
    assert hardware.vendor == (value and value.split()[0])


@pytest.mark.parametrize(("text", "expected"), COUNTRY)
def test_country(text: str, expected: str | None) -> None:
    country = normalize("country", text)
    assert isinstance(country, Country)
    assert country.value == expected
    assert (country.name is None) == (expected is None)


@pytest.mark.parametrize(("text", "expected"), YEARS)
def test_year(text: str, expected: object) -> None:
    assert normalize("year", text) == (expected if isinstance(expected, Year) else Year(expected))  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_model(text: str, expected: str | None) -> None:
    assert normalize("model", text) == Name(expected)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("150000", "GPU hours", Duration(150_000.0, DEVICES)),
        ("1,488,137.26", "hours", Duration(1_488_137.26, CLOCK)),
        ("36", "days", Duration(864.0, CLOCK)),
        ("about 16,800", "A100-hours", Duration(16_800.0, DEVICES, qualifier=ABOUT)),
        ("336 thousand", "h", Duration(336_000.0, CLOCK)),
        ("3–4", "days", Duration(84.0, CLOCK, 72.0, 96.0)),
        ("3 days", "hours", Duration(72.0, CLOCK)),
        ("several", "days", Duration()),
        ("100 epochs", "hours", Duration()),
        ("150", "steps", Duration()),
        ("150", None, Duration()),
    ],
)
def test_training_with_the_unit_of_a_table(text: str, unit: str | None, expected: Duration) -> None:
    assert normalize_training(text, unit=unit) == expected


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("1.3", "B", 1300 * M), ("85.8", "million parameters", 85_800 * K), ("7B", "M", 7 * B), ("1.3", None, None)],
)
def test_params_with_the_unit_of_a_table(text: str, unit: str | None, value: int | None) -> None:
    assert normalize_params(text, unit=unit).value == value


def test_unknown_label_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'energy'.*model, params, gpu_count, hardware, training, country, year"):
        normalize("energy", "5 MWh")


def test_every_label_has_a_normalizer() -> None:
    assert tuple(NORMALIZERS) == LABELS


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (Quantity(), ["value", "low", "high", "qualifier"]),
        (Duration(), ["value", "unit", "basis", "low", "high", "qualifier"]),
        (Hardware(), ["value", "vendor", "variant", "memory_gb"]),
        (Country(), ["value", "name"]),
        (Year(), ["value", "low", "high", "qualifier"]),
        (Name(), ["value"]),
    ],
)
def test_keys_of_a_record(value: Value, keys: list[str]) -> None:
    assert list(value.as_dict()) == keys
    assert set(value.as_dict().values()) == {None}


def test_every_name_of_the_accelerator_tables_resolves_to_its_family() -> None:
    rows = [*read_table("accelerators"), *read_table("accelerators_more")]
    wrong = [
        (name, normalize("hardware", name).value, row["family"])
        for row in rows
        for name in (row["canonical_name"], row["family"], *filter(None, row["aliases"].split(" | ")))
        if normalize("hardware", name).value not in (row["family"], None)
    ]
    assert not wrong
    assert [r["family"] for r in rows if normalize("hardware", r["family"]).value is None] == []


def test_every_country_name_resolves_to_its_code() -> None:
    # Antarctica is a continent, and Saint Martin has two countries
    names = [(row["name"], row["iso2"]) for row in read_table("countries") if row["iso2"] not in ("AQ", "MF")]
    aliases = [(row["alias"], row["iso2"]) for row in read_table("country_aliases")]
    assert [pair for pair in names + aliases if normalize("country", pair[0]).value != pair[1]] == []


def test_not_countries_resolve_to_nothing() -> None:
    names = [row["name"] for row in read_table("not_countries")]
    assert [name for name in names if normalize("country", name).value] == []


FRAGMENT_WORDS = """
    1 7 10 1.3 2,048 B M k billion half a an and - – × x ^ / ~ > ≥ + ( ) , . to between about up GPU hours days h m A100
    V100 TPU v3 80GB 2023 March per total active ½ ⁹ * _ ` \\ $ { } & &amp; <sup> ' ﷺ é 中国 US the
"""
FRAGMENTS = st.sampled_from([*FRAGMENT_WORDS.split(), "1 234", "\n", ""])
TEXTS = st.text() | st.lists(FRAGMENTS, max_size=12).map("".join) | st.lists(FRAGMENTS, max_size=12).map(" ".join)


@pytest.mark.parametrize("label", LABELS)
@settings(deadline=None, max_examples=150)
@given(text=TEXTS)
@example(text="\ud800")
@example(text="10^99 - 1e99 B")
@example(text="9" * 250 + "e99 hours")
@example(text="1/0")
@example(text="&#999999;")
def test_any_text_gives_one_value(label: str, text: str) -> None:
    value = normalize(label, text)
    assert value == normalize(label, text)
    fields = dict(value.as_dict())
    json.dumps(fields)
    if value.as_dict()["value"] is None and fields.get("low") is None:
        assert set(fields.values()) == {None}
    assert (fields.get("low") is None) == (fields.get("high") is None)
    if fields.get("low") is not None:
        assert fields["low"] < fields["high"]  # type: ignore[operator]


@settings(deadline=None, max_examples=150)
@given(text=TEXTS)
def test_cleaning_is_one_short_line(text: str) -> None:
    for line in (clean(text), fold(text)):
        assert len(line) <= MAX_CHARS
        assert line == " ".join(line.split())


@settings(deadline=None)
@given(number=st.integers(1, 10**15))
def test_numbers_with_separators(number: int) -> None:
    for separator in (",", " ", "'", "\u202f", "\u00a0"):
        assert parse_number(f"{number:,}".replace(",", separator)) == number
    assert parse_number(str(number)) == number


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(
    "piece",
    [
        *("9", "1 ", "a ", "half a ", "-\n", "- ", "&", "<b", "<sup>", "**", "_", "\\", "A100 ", "½", "1:00 ", "x8 "),
        *("8 nodes ", "(", "1 (1) ", "= 8 ", "7B-A2B", "8xA", "v3-", "🇫🇷", "France (", "1.234,5", "亿"),
    ],
)
def test_long_text_is_no_value_and_takes_no_time(label: str, piece: str) -> None:
    normalize(label, "warm up the tables")
    text = piece * (100_000 // len(piece))
    begin = time.process_time()
    value = normalize(label, text)
    assert time.process_time() - begin < 0.2
    assert value.as_dict()["value"] is None
