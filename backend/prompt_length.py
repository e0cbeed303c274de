"""How long a prompt is for a base model's text encoder. Loads no torch."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from backend.prompt_blocks import in_blocks
from backend.prompt_weights import checked_parts

_WORDS = (
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|"
    r"[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
)


class PromptLength:
    """Counts tokens as `CLIPTokenizer` of transformers does (same vocabulary, same splitting)."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, base: Path) -> "PromptLength":
        """Read `tokenizer/vocab.json` and `merges.txt` of a base model folder.

        Raises ValueError when they are no vocabulary.
        """
        folder = base / "tokenizer"
        try:
            bpe = models.BPE.from_file(
                str(folder / "vocab.json"),
                str(folder / "merges.txt"),
                unk_token="<|endoftext|>",  # noqa: S106 - a token, no secret
                continuing_subword_prefix="",
                end_of_word_suffix="</w>",
                fuse_unk=False,
            )
        except Exception as error:
            # The library raises nothing more particular.
            raise ValueError(f"{folder} holds no vocabulary") from error
        tokenizer = Tokenizer(bpe)
        tokenizer.add_special_tokens(["<|startoftext|>", "<|endoftext|>"])
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
        return cls(tokenizer)

    def count(self, prompt: str, vectors: Mapping[str, int]) -> int:
        """Return the tokens of `prompt`, in which each key of `vectors` counts that many rows.

        Raises BackendError as `blocks` does.
        """
        return sum(map(len, self._units(prompt, vectors)))

    def blocks(self, prompt: str, vectors: Mapping[str, int]) -> int:
        """Return how many blocks the text encoder reads for `prompt`.

        Raises BackendError: prompt_too_long for more than it may be, bad_number for weights out
        of their limits.
        """
        return len(in_blocks(self._units(prompt, vectors)))

    def _units(self, prompt: str, vectors: Mapping[str, int]) -> Iterator[range]:
        """What stays together in a block: single tokens, and all rows of a concept."""
        for part in checked_parts(prompt):
            if part.is_token and part.text in vectors:
                yield range(vectors[part.text])
            else:
                encoded = self._tokenizer.encode(part.text, add_special_tokens=False)
                yield from (range(1) for _ in encoded.ids)
