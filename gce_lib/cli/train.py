"""Train one network on noisy labels and record the result.

A run that is recorded already is only shown; name another file to repeat it.
"""

import argparse

from gce_lib.vocabulary import checked

from .options import (
    add_choices,
    add_machine,
    check_records,
    chosen,
    vocabulary,
    wants_progress,
)

HELP = "train one network"
EPILOG = f"""\
examples:
  python -m gce_lib train --loss ce
  python -m gce_lib train --loss gce:0.7 --noise symmetric:0.6 --seed 1
  python -m gce_lib train --dataset cifar10 --model resnet34 --protocol paper \\
      --loss acs:0.7,0.5 --noise class-map:0.4

{vocabulary()}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_choices(parser)
    add_machine(parser)


def check(arguments: argparse.Namespace) -> None:
    """Refuse choices that a run cannot have, before anything slow begins."""
    check_records(arguments.records)
    checked(**chosen(arguments))


def run(arguments: argparse.Namespace) -> int:
    """Do the run, unless it is recorded; a checkpoint continues a broken one."""
    from gce_lib.experiments import RecordFile, Run, execute, read_records

    wanted = Run(**chosen(arguments))
    with RecordFile(arguments.records) as records:
        if wanted.id not in records.ids:
            records.append(
                execute(
                    wanted,
                    folder=records.folder(wanted.id),
                    device=arguments.device,
                    threads=arguments.threads,
                    data_root=arguments.data_root,
                    progress=wants_progress(arguments),
                )
            )
    found = read_records(arguments.records)
    print(_report(next(record for record in found if record["id"] == wanted.id)))
    return 0


def _report(record: dict) -> str:
    from gce_lib.experiments import Run

    memorised = record["history"]["memorised"][-1]
    share = "" if memorised is None else f", {memorised:.1%} of wrong labels memorised"
    best, last = record["test_accuracy_best"], record["test_accuracy_last"]
    return "\n  ".join(
        [
            f"{record['id']}  {Run.from_dict(record['run'])}",
            f"noise rate {record['noise_rate']:.1%}",
            f"test accuracy {best:.2%} at the best noisy-validation accuracy "
            f"(epoch {record['best_epoch']})",
            f"test accuracy {last:.2%} after the last epoch{share}",
            f"{record['seconds']:.1f} s of training on {record['device']}, "
            f"{record['precision']}",
        ]
    )
