"""The few words that ``fit`` exchanges with its twins under ``torchrun``."""

import atexit
import os

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


def join() -> None:
    """Meet the other ranks, where ``torchrun`` has started this process."""
    if not dist.is_available() or dist.is_initialized():
        return
    if dist.is_torchelastic_launched():
        if torch.cuda.is_available():
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        atexit.register(dist.destroy_process_group)


def is_first() -> bool:
    """Whether this rank is the one that shows and writes."""
    return shard()[0] == 0


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
