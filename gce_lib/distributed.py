"""The few words that ``fit`` exchanges with its twins under ``torchrun``."""

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


def shard() -> tuple[int, int]:
    """Return (rank, number of ranks); (0, 1) outside of a process group."""
    if dist.is_available() and dist.is_initialized():
        return dist.get_rank(), dist.get_world_size()
    return 0, 1


def synchronised(model: nn.Module, device: torch.device) -> nn.Module:
    """Wrap ``model`` so that the ranks average gradients and, on GPUs, batch norms."""
    if shard()[1] == 1:
        return model
    if device.type == "cpu":
        return DistributedDataParallel(model)
    model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    return DistributedDataParallel(model, device_ids=[device])


def balanced(slope: Tensor, size: int) -> Tensor:
    """Scale the slope of a rank's own mean, as the average over the ranks needs it.

    Parameters
    ----------
    slope : Tensor
        (B, C), of the mean over this rank's B examples of a batch.
    size : int
        Examples of the batch over all ranks.
    """
    ranks = shard()[1]
    return slope if ranks == 1 else slope * (len(slope) * ranks / size)


def total(values: Tensor) -> Tensor:
    """Sum over the ranks, in place."""
    if shard()[1] > 1:
        dist.all_reduce(values)
    return values
