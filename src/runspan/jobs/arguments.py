"""What a training run can be told: flat names, the library's own where it has one."""

from dataclasses import dataclass, field

import torch
import transformers

from runspan.base.errors import RunspanError
from runspan.base.labels import LABELS
from runspan.modeling.attention import LEAN
from runspan.modeling.backends.torch_backend import best_precision
from runspan.modeling.model_files import DEFAULT_ENCODER

PRECISIONS = ("auto", "no", "bf16", "fp16")
ATTENTIONS = ("eager", "sdpa", LEAN)
METRICS = ("f1", "precision", "recall")
AUTO = "auto"


@dataclass
class DataArguments:
    """The seed documents and how they become windows."""

    seed_dir: list[str] = field(
        default_factory=lambda: ["data/seeds"], metadata={"help": "Folders or files of tagged documents."}
    )
    dataset_dir: str = field(
        default="build/dataset", metadata={"help": "Where the BIO dataset is saved, built from seed_dir."}
    )
    labels: list[str] = field(
        default_factory=lambda: list(LABELS), metadata={"help": "Labels of the markup, in the order of the tags."}
    )
    max_length: int = field(default=256, metadata={"help": "Tokens a window, special tokens included."})
    substitution_rate: float = field(
        default=0.0, metadata={"help": "Share of the training documents whose values are swapped, anew each epoch."}
    )
    noise_rate: float = field(
        default=0.0, metadata={"help": "Share of them that get the noise of PDF extraction or Markdown."}
    )
    paper_rate: float = field(
        default=0.0, metadata={"help": "Share of the sections that are put together to paper-length documents."}
    )
    stride: int = field(default=64, metadata={"help": "Tokens that neighbouring windows share at prediction."})


@dataclass
class ModelArguments:
    """The encoder to start from."""

    model_name_or_path: str = field(default=DEFAULT_ENCODER, metadata={"help": "Hub id or folder of an encoder."})
    model_revision: str | None = field(default=None, metadata={"help": "Branch, tag or commit of a hub id."})
    trust_remote_code: bool = field(default=False, metadata={"help": "Run the model repository's own code."})
    attention_dropout: float | None = field(
        default=None,
        metadata={"help": "Dropout of attention weights; the encoder's own by default. 0 trains twice as fast on CPU."},
    )
    hidden_dropout: float | None = field(
        default=None, metadata={"help": "Dropout of hidden states; the encoder's own by default."}
    )
    attn_implementation: str | None = field(
        default=None,
        metadata={
            "help": "Attention kernel of training; the library's choice by default. lean is fastest on CPU.",
            "choices": ATTENTIONS,
        },
    )
    freeze_embeddings: bool = field(default=False, metadata={"help": "Keep the word embeddings as they are."})
    freeze_layers: int = field(
        default=0, metadata={"help": "Keep this many of the lowest layers as they are, and the embeddings with them."}
    )

    lora_rank: int = field(
        default=0,
        metadata={"help": "Train low-rank adapters of this rank (LoRA) and the head alone, merged at the end; 0: all."},
    )
    lora_alpha: float = field(default=16.0, metadata={"help": "Scale of the adapters: lora_alpha / lora_rank."})
    lora_dropout: float = field(default=0.0, metadata={"help": "Dropout before the adapters."})
    lora_target_modules: list[str] | None = field(
        default=None, metadata={"help": "Names of the layers with adapters; every linear layer of the encoder if none."}
    )

    def __post_init__(self) -> None:
        """Check what the library doesn't.

        Raises:
            RunspanError: A value is out of its range.
        """
        if self.lora_rank < 0:
            raise RunspanError(f"lora_rank is {self.lora_rank}, expected 0 (no adapters) or more")
        if self.lora_rank and self.lora_alpha <= 0:
            raise RunspanError(f"lora_alpha is {self.lora_alpha}, expected a number above 0")
        if not 0 <= self.lora_dropout < 1:
            raise RunspanError(f"lora_dropout is {self.lora_dropout}, expected 0 or more, and less than 1")
        if self.lora_rank and self.freeze_layers:
            raise RunspanError("lora_rank keeps all weights of the encoder as they are; leave freeze_layers out")
        if self.attn_implementation not in (None, *ATTENTIONS):
            raise RunspanError(
                f"attn_implementation is {self.attn_implementation!r}, expected one of {', '.join(ATTENTIONS)}"
            )


@dataclass
class TrainingArguments(transformers.TrainingArguments):
    """The library's arguments, and a few of our own."""

    resume_from_checkpoint: str | None = field(
        default=None,
        metadata={
            "help": "true: go on from the last checkpoint of output_dir; a folder: from that one; auto: from the last "
            "one where there is one, and begin otherwise."
        },
    )
    hub_token: str | None = field(
        default=None, metadata={"help": "Not taken: set the environment variable HF_TOKEN instead."}
    )
    overwrite_output_dir: bool = field(
        default=False, metadata={"help": "Replace what an earlier run left in output_dir."}
    )
    compare_with: str | None = field(
        default=None,
        metadata={
            "help": "Model folder of an earlier run that report.md compares this one with; the one that is overwritten "
            "by default."
        },
    )
    mixed_precision: str = field(
        default="auto",
        metadata={"help": "auto (the best the device has in hardware), no, bf16 or fp16.", "choices": PRECISIONS},
    )
    head_learning_rate: float | None = field(
        default=None, metadata={"help": "Learning rate of the classification head; learning_rate by default."}
    )
    outside_weight: float = field(
        default=1.0, metadata={"help": "Weight of the tag O in the loss, against 1 for all others."}
    )
    ema_decay: float = field(
        default=0.0,
        metadata={"help": "Decay a step of the moving average of the weights, which becomes the model; 0 for none."},
    )
    early_stopping_patience: int | None = field(
        default=None, metadata={"help": "Stop after so many evaluations without a better F1."}
    )

    def __post_init__(self) -> None:
        """Resolve ``mixed_precision`` to the library's flags and check what the library doesn't.

        Raises:
            RunspanError: A value is out of its range.
        """
        if self.mixed_precision not in PRECISIONS:
            raise RunspanError(f"mixed_precision is {self.mixed_precision!r}, expected one of {', '.join(PRECISIONS)}")
        if self.outside_weight <= 0:
            raise RunspanError(f"outside_weight is {self.outside_weight}, expected a number above 0")
        if not 0 <= self.ema_decay < 1:
            raise RunspanError(f"ema_decay is {self.ema_decay}, expected 0 or more, and less than 1")
        for name in ("per_device_train_batch_size", "per_device_eval_batch_size"):
            if getattr(self, name) < 1:
                raise RunspanError(f"{name} is {getattr(self, name)}, expected 1 or more")
        self.metric_for_best_model: str = self.metric_for_best_model or "f1"
        if self.metric_for_best_model.removeprefix("eval_") not in METRICS:
            raise RunspanError(
                f"metric_for_best_model is {self.metric_for_best_model!r}, expected {', '.join(METRICS)}"
            )
        if self.early_stopping_patience is not None and str(self.eval_strategy).lower().endswith("no"):
            raise RunspanError("early_stopping_patience needs evaluations: set eval_strategy to epoch or steps")
        if self.hub_token:
            raise RunspanError("hub_token is given, where others can read it; set the variable HF_TOKEN instead")
        self._check_resumption()
        if self.dataloader_persistent_workers:
            raise RunspanError("dataloader_persistent_workers would repeat the first epoch's windows; leave it out")
        self.use_cpu: bool = self.use_cpu or not torch.accelerator.is_available()
        precision = self.mixed_precision if not (self.fp16 or self.bf16) else "no"
        if precision == "auto":
            device = None if self.use_cpu else torch.accelerator.current_accelerator()
            precision = best_precision(device or torch.device("cpu"))
        self.bf16: bool = self.bf16 or precision == "bf16"
        self.fp16: bool = self.fp16 or precision == "fp16"
        self.logging_nan_inf_filter = False  # a bad loss is to be seen, not averaged away
        super().__post_init__()

    def _check_resumption(self) -> None:
        wish = str(self.resume_from_checkpoint or "false").lower()
        if wish == AUTO and self.overwrite_output_dir:
            raise RunspanError(
                "resume_from_checkpoint auto keeps what output_dir holds and overwrite_output_dir replaces it; "
                "leave one of them out"
            )
        if wish not in ("false", "no") and self.save_only_model:
            raise RunspanError("save_only_model leaves nothing to go on from; leave it or resume_from_checkpoint out")
        self.restore_callback_states_from_checkpoint = True  # early stopping goes on counting

    @property
    def precision(self) -> str:
        """Precision of the forward pass: ``fp32``, ``bf16`` or ``fp16``."""
        return "bf16" if self.bf16 else "fp16" if self.fp16 else "fp32"
