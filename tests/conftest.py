"""Tiny tokenizers and models, built in process: no test loads anything from a network."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # read when the libraries are imported
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForTokenClassification, BertModel, PreTrainedTokenizerFast

from runspan.base.labels import LABELS, tag_names
from runspan.modeling.windows import WindowSettings

REPOSITORY = Path(__file__).parent.parent
TEXTS = [
    "We trained StrumNet with 31,842 parameters on a GeForce GTX 970 for roughly 90 minutes in Finland, 2019.",
    "The 7B model took 82,432 GPU hours on 512 NVIDIA A100 80GB GPUs (TPU v3-128) in France. café naïve 東京 x",
] * 4
SPECIAL = {
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "mask_token": "[MASK]",
}


def _finish(backend: Tokenizer) -> PreTrainedTokenizerFast:
    ids = [("[CLS]", backend.token_to_id("[CLS]")), ("[SEP]", backend.token_to_id("[SEP]"))]
    backend.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ids)
    backend.enable_truncation(16)  # as a tokenizer.json may carry it; must not matter
    return PreTrainedTokenizerFast(tokenizer_object=backend, **SPECIAL)


def wordpiece_tokenizer(texts: Sequence[str] = TEXTS) -> PreTrainedTokenizerFast:
    """As BERT's: lower case, accents stripped, control characters dropped."""
    backend = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=200, special_tokens=list(SPECIAL.values()), show_progress=False)
    backend.train_from_iterator(texts, trainer)
    return _finish(backend)


def byte_level_tokenizer(add_prefix_space: bool = False) -> PreTrainedTokenizerFast:
    """As RoBERTa's and ModernBERT's: bytes, a leading space belongs to the token."""
    backend = Tokenizer(models.BPE(unk_token=None))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space)
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=list(SPECIAL.values()),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(TEXTS, trainer)
    return _finish(backend)


def sentencepiece_tokenizer() -> PreTrainedTokenizerFast:
    """As XLM-R's and DeBERTa-v2's: unigram pieces, compatibility forms folded, spaces become a mark."""
    backend = Tokenizer(models.Unigram())
    backend.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC()])
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=150, special_tokens=list(SPECIAL.values()), unk_token="[UNK]", show_progress=False
    )
    backend.train_from_iterator(TEXTS, trainer)
    return _finish(backend)


TOKENIZERS = {
    "wordpiece": wordpiece_tokenizer(),
    "byte_level": byte_level_tokenizer(),
    "byte_level_prefix": byte_level_tokenizer(add_prefix_space=True),
    "sentencepiece": sentencepiece_tokenizer(),
}


def tiny_bert(vocabulary: int, labels: tuple[str, ...] = LABELS) -> BertForTokenClassification:
    """A random token classifier of 2 layers × 32."""
    torch.manual_seed(0)
    tags = tag_names(labels)
    names = {"id2label": dict(enumerate(tags)), "label2id": {tag: i for i, tag in enumerate(tags)}}
    return BertForTokenClassification(tiny_config(vocabulary, **names))


def tiny_config(vocabulary: int, **names: Any) -> BertConfig:
    """Configuration of a BERT of 2 layers × 32."""
    return BertConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        **names,
    )


@pytest.fixture(scope="session")
def tiny_model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as train.py writes it, with random weights."""
    folder = tmp_path_factory.mktemp("model")
    tokenizer = wordpiece_tokenizer()
    tiny_bert(len(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    WindowSettings(max_length=64, stride=16).save(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_encoder_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder without a head, to fine-tune."""
    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = wordpiece_tokenizer()
    torch.manual_seed(0)
    BertModel(tiny_config(len(tokenizer))).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
