"""What a rank's exception means: its own mistake, its host's trouble, or the loss of a peer."""

import errno
import re

import torch.distributed as dist

from cluster.error_codes import DISK_FULL, PEER_LOST
from cluster.errors import TrainingError
from cluster.rank import Rank

_COMPILERS = ("torch._dynamo", "torch._inductor")
_OF_PEERS = re.compile(
    r"gloo|connection (closed|reset|refused)|broken pipe|socket|timed out|store|oneccl|ccl_",
    re.IGNORECASE,
)


def in_words(error: BaseException, rank: Rank) -> TrainingError:
    """Return what is told of an error that is not one of ours."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return TrainingError(
            DISK_FULL,
            f"The disk of {rank.host} is full.",
            "Make room for the run folder; old runs under FIGMENT_DATA may be deleted.",
        )
    # Before the words are looked at: a compiler's complaint quotes what it was given.
    if any(kind.__module__.startswith(_COMPILERS) for kind in type(error).__mro__):
        return TrainingError(
            "not_compiled",
            f"The U-Net cannot be compiled on {rank.host}.",
            "Its log says why; set FIGMENT_COMPILE_UNET=false to do without.",
        )
    of_peers = isinstance(error, dist.DistError | ConnectionError) or (
        isinstance(error, RuntimeError) and _OF_PEERS.search(str(error)) is not None
    )
    if of_peers:
        return TrainingError(
            PEER_LOST, f"Rank {rank.number} on {rank.host} lost its connection to the others."
        )
    return TrainingError(
        "rank_raised",
        f"Rank {rank.number} on {rank.host} stopped with {type(error).__name__}.",
    )
