"""The only thing that learns: a few rows beside a frozen token table."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from cluster.errors import TrainingError
from cluster.spec import TrainSpec


class RowsBesideTable(nn.Module):
    """Looks ids up in a frozen table, and ids past its end in the learned rows.

    The table is neither copied nor given a gradient; memory and work grow with the batch alone.
    """

    def __init__(self, table: nn.Embedding, rows: nn.Parameter) -> None:
        super().__init__()
        self._table = table
        self.rows = rows

    @property
    def weight(self) -> torch.Tensor:
        """The table, float [V, H]; its dtype is what the encoder computes in."""
        return self._table.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """int64 [B, L] to [B, L, H]; ids V..V+n-1 are the rows."""
        size = self._table.num_embeddings
        known = functional.embedding(ids.clamp(max=size - 1), self._table.weight)
        learned = functional.embedding((ids - size).clamp(min=0), self.rows)
        return torch.where((ids >= size).unsqueeze(-1), learned.to(known.dtype), known)


@dataclass(frozen=True)
class Concept:
    """Tokenizer and encoder that know the placeholder, and its rows."""

    tokenizer: CLIPTokenizer
    encoder: CLIPTextModel
    parameter: nn.Parameter
    """What is optimised, float32: the rows [n, H], or a table [V + n, H] that ends in them."""
    name: str
    """What stands for the concept in a prompt: all its tokens, in order."""
    table: torch.Tensor | None = None
    """Float32 [V + n, H], what a whole table goes back to after each step; else None."""
    known: int = 0
    """How many rows of the parameter are not the concept's."""

    @property
    def rows(self) -> torch.Tensor:
        """The concept's rows, float32 [n, H]; changes with the parameter."""
        return self.parameter if self.table is None else self.parameter.detach()[self.known :]

    def put(self, rows: torch.Tensor) -> None:
        """Set the rows, [n, H]."""
        with torch.no_grad():
            self.parameter[self.known :] = rows

    def restore(self) -> None:
        """Undo what a step did to rows that are not the concept's."""
        if self.table is not None:
            others = torch.arange(len(self.table)) < self.known
            with torch.no_grad():
                self.parameter[others] = self.table[others]

    def ids(self, sentences: list[str]) -> torch.Tensor:
        """Padded ids, int64 [B, L], L the encoder's length."""
        encoded = self.tokenizer(
            sentences, padding="max_length", truncation=True, return_tensors="pt"
        )
        return cast(torch.Tensor, encoded.input_ids)

    def encode(self, ids: torch.Tensor) -> torch.Tensor:
        """Hidden states the U-Net attends to, [B, L, H]; a sentence that recurs is encoded once."""
        distinct, which = ids.unique(dim=0, return_inverse=True)
        return cast(torch.Tensor, self.encoder(distinct).last_hidden_state)[which]


def add_concept(tokenizer: CLIPTokenizer, encoder: CLIPTextModel, spec: TrainSpec) -> Concept:
    """Teach tokenizer and encoder the spec's placeholder; its rows start at the initializer's.

    Raises:
        TrainingError: the initializer is not one token, the placeholder exists in the base, or
            tokenizer and encoder do not fit each other.
    """
    table = encoder.get_input_embeddings()
    if not isinstance(table, nn.Embedding) or len(tokenizer) > table.num_embeddings:
        raise TrainingError("base_model", "The base's tokenizer and text encoder do not fit.")
    start = tokenizer(spec.initializer, add_special_tokens=False).input_ids
    if len(start) != 1:
        raise TrainingError(
            "bad_initializer",
            f"The initializer '{spec.initializer}' is {len(start)} tokens of this base, not one.",
            "Choose a plain word for what it is.",
        )
    tokens = list(spec.placeholder_tokens)
    if any(name in tokenizer.get_vocab() for name in tokens):
        raise TrainingError("token_taken", f"The base has a token {spec.token} already.")
    tokenizer.add_tokens(tokens)
    first = tokenizer.convert_tokens_to_ids(tokens[0])
    if first != table.num_embeddings:
        raise TrainingError("base_model", "The base's token table has rows its tokenizer lacks.")
    rows = table.weight[start[0]].detach().float().repeat(spec.vectors, 1)
    name = " ".join(tokens)
    encoder.requires_grad_(False)
    if spec.whole_table:
        whole = torch.cat([table.weight.detach().float(), rows])
        taught = nn.Embedding.from_pretrained(whole.clone(), freeze=False)
        encoder.set_input_embeddings(taught)
        weight = cast(nn.Parameter, taught.weight)
        return Concept(tokenizer, encoder, weight, name, whole, len(whole) - spec.vectors)
    parameter = nn.Parameter(rows)
    encoder.set_input_embeddings(RowsBesideTable(table, parameter))
    return Concept(tokenizer, encoder, parameter, name)
