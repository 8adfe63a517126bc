"""Devices: rows of (surface, expected)."""

import pytest

from runspan.base.values import Hardware
from runspan.language.normalize import normalize
from runspan.language.normalize.tables import read_table
from tests.language.normalize.rows import unresolved

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


@pytest.mark.parametrize(("text", "value", "variant", "memory_gb"), HARDWARE)
def test_hardware(text: str, value: str | None, variant: str | None, memory_gb: float | None) -> None:
    hardware = normalize("hardware", text)
    assert isinstance(hardware, Hardware)
    assert (hardware.value, hardware.variant, hardware.memory_gb) == (value, variant, memory_gb)
    assert hardware.vendor == (value and value.split()[0])


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
