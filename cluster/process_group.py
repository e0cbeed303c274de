"""The ranks' collective group, and the accelerator on top of it."""

from datetime import timedelta

import structlog
import torch.distributed as dist
from accelerate import Accelerator, InitProcessGroupKwargs

from cluster.collectives import load_backend, wanted_backend
from cluster.rank import Rank
from cluster.scores import most_previews
from cluster.spec import COMPILING_SECONDS, TrainSpec

log = structlog.get_logger()

_SAVING_SECONDS = 120.0
"""How much longer rank 0 may take to write a pipeline, of which gigabytes may have to be copied."""


def join(spec: TrainSpec, rank: Rank) -> Accelerator:
    """Join the run's process group (MASTER_ADDR, MASTER_PORT) and build the accelerator on it.

    accelerate (>= 1.13) has no `ccl` of its own, so the group is made here first; what it says of
    its backend is then wrong, and `torch.distributed.get_backend()` right.

    Raises:
        TrainingError: `ccl` is asked for and its bindings are not installed.
    """
    backend = wanted_backend(spec.profile)
    load_backend(backend)
    # The others wait in a collective while rank 0 draws the previews of a step, and in the end
    # while some ranks measure.
    previews = len(spec.preview_prompts) if spec.preview_interval else 1
    pictures = max(previews, most_previews(spec, rank.size))
    seconds = spec.process_group_timeout_seconds * pictures
    if spec.compile_unet:
        # Ranks take their own time over it, and some have kernels that others have not yet.
        seconds += COMPILING_SECONDS
    if spec.save_full_pipeline:
        seconds += _SAVING_SECONDS
    timeout = timedelta(seconds=seconds)
    if rank.size > 1 or backend == "ccl":
        dist.init_process_group(backend, rank=rank.number, world_size=rank.size, timeout=timeout)
    accelerator = Accelerator(cpu=True, kwargs_handlers=[InitProcessGroupKwargs(timeout=timeout)])
    log.info("joined", asked=backend, backend=backend_in_use(), rank=rank.number, of=rank.size)
    return accelerator


def backend_in_use() -> str:
    """What really carries the collectives; `none` for a rank on its own."""
    return str(dist.get_backend()) if dist.is_initialized() else "none"


def leave() -> None:
    """Leave the group, if there is one."""
    if dist.is_initialized():
        dist.destroy_process_group()
