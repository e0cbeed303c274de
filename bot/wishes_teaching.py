"""What a person can want of a job that is there, or of pictures that were looked through."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Keep(_Wish):
    """End a running job with what it has learned so far."""

    kind: Literal["keep"] = "keep"
    job_id: str


class Retry(_Wish):
    """Give a failed job another attempt."""

    kind: Literal["retry"] = "retry"
    job_id: str


class TrainLonger(_Wish):
    """Go on from what a ready job has learned."""

    kind: Literal["train_longer"] = "train_longer"
    job_id: str


class ShowCheckpoints(_Wish):
    """See what a ready job had learned on its way."""

    kind: Literal["show_checkpoints"] = "show_checkpoints"
    job_id: str


class UseCheckpoint(_Wish):
    """Make one of these the concept."""

    kind: Literal["use_checkpoint"] = "use_checkpoint"
    job_id: str
    step: int
    sheet: str | None = None
    """The file in Slack that shows what there is to choose from."""


class TeachThese(_Wish):
    """Teach with the good ones of pictures that something was wrong with."""

    kind: Literal["teach_these"] = "teach_these"
    draft_id: str


class DropThese(_Wish):
    """Teach nothing with them."""

    kind: Literal["drop_these"] = "drop_these"
    draft_id: str


JobWish = Keep | Retry | TrainLonger | ShowCheckpoints | UseCheckpoint | TeachThese | DropThese
