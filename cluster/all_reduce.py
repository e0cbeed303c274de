"""One number summed over all ranks: `python -m cluster.all_reduce`, started as a run would be."""

import sys
from datetime import timedelta

from cluster.rank import choose_interface, read_rank

_SECONDS = 30


def main() -> int:
    """Join, sum, say so on rank 0."""
    import torch
    import torch.distributed as dist

    rank = read_rank()
    choose_interface()
    dist.init_process_group(
        "gloo", rank=rank.number, world_size=rank.size, timeout=timedelta(seconds=_SECONDS)
    )
    one = torch.ones(1)
    dist.all_reduce(one)
    if rank.main:
        sys.stdout.write(f"summed {int(one)} of {rank.size}\n")
    dist.destroy_process_group()
    return 0 if int(one) == rank.size else 1


if __name__ == "__main__":
    sys.exit(main())
