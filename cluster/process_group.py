"""The ranks' collective group, and the accelerator on top of it."""

from datetime import timedelta

import structlog
import torch.distributed as dist
from accelerate import Accelerator, InitProcessGroupKwargs

from cluster.collectives import load_backend, wanted_backend
from cluster.rank import Rank
from cluster.scoring_work import longest_wait
from cluster.spec import TrainSpec

log = structlog.get_logger()


def join(spec: TrainSpec, rank: Rank) -> Accelerator:
    """Join the run's process group (MASTER_ADDR, MASTER_PORT) and build the accelerator on it.

    accelerate (>= 1.13) has no `ccl` of its own, so the group is made here first; what it says of
    its backend is then wrong, and `torch.distributed.get_backend()` right.

    Raises:
        TrainingError: `ccl` is asked for and its bindings are not installed.
    """
    backend = wanted_backend(spec.profile)
    load_backend(backend)
    timeout = timedelta(seconds=longest_wait(spec, rank.size))
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
