"""One number summed over all ranks: `python -m cluster.all_reduce RUN BACKEND`, as a run would."""

import sys
from datetime import timedelta

from cluster.collectives import load_backend
from cluster.errors import ClusterError
from cluster.rank import choose_interface, read_rank

_SECONDS = 30


def main(arguments: list[str]) -> int:
    """Join, sum, say so on rank 0."""
    import torch
    import torch.distributed as dist

    backend = arguments[1]
    rank = read_rank()
    choose_interface()
    try:
        load_backend(backend)
    except ClusterError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    dist.init_process_group(
        backend, rank=rank.number, world_size=rank.size, timeout=timedelta(seconds=_SECONDS)
    )
    one = torch.ones(1)
    dist.all_reduce(one)
    if rank.main:
        sys.stdout.write(f"summed {int(one)} of {rank.size}\n")
    dist.destroy_process_group()
    return 0 if int(one) == rank.size else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
