"""The toybox's own byte-pair encoding, in CLIP's format."""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from demo.toybox.grammar import corpus, vocabulary

START, END = "<|startoftext|>", "<|endoftext|>"
MAX_LENGTH = 77
_REPEATS = 2

# CLIP's own splitting (openai/CLIP, clip/simple_tokenizer.py).
_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def train_tokenizer(folder: Path) -> CLIPTokenizer:
    """Train the encoding on the grammar and save it to `folder` as CLIP's two files.

    Raises:
        RuntimeError: a word of the grammar came out as several tokens; such a word could not
            serve as an initializer.
    """
    bpe = Tokenizer(
        models.BPE(unk_token=END, end_of_word_suffix="</w>", continuing_subword_prefix="")
    )
    bpe.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_SPLIT), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=2000,
        min_frequency=2,
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    bpe.train_from_iterator(corpus() * _REPEATS + vocabulary() * _REPEATS, trainer)
    model = json.loads(bpe.to_str())["model"]
    words = sorted(model["vocab"], key=model["vocab"].__getitem__)
    # CLIP's table begins with every byte, alone and at a word's end, so that any text has ids.
    base = [*alphabet, *(f"{letter}</w>" for letter in alphabet)]
    table = [*base, *(word for word in words if word not in set(base)), START, END]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(
        json.dumps({word: index for index, word in enumerate(table)}, ensure_ascii=False)
    )
    merges = [m if isinstance(m, str) else " ".join(m) for m in model["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")
    tokenizer = CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=MAX_LENGTH
    )
    split = [w for w in vocabulary() if len(tokenizer(w).input_ids) != 3]
    if split:
        raise RuntimeError(f"these words are not one token each: {', '.join(split)}")
    tokenizer.save_pretrained(folder)
    return tokenizer
