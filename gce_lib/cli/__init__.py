"""The command line, a module a command; see ``python -m gce_lib --help``.

Arguments are read and checked before torch is imported, which takes seconds: help and
errors come at once.
"""

import argparse
import shlex
import sys
from collections.abc import Sequence

from gce_lib import __version__

from . import data, doctor, sweep, table, train
from .options import add_quiet

COMMANDS = (doctor, data, train, sweep, table)
EPILOG = """\
a first quarter of an hour:
  python -m gce_lib doctor
  python -m gce_lib train --loss ce
  python -m gce_lib train --loss gce:0.7
  python -m gce_lib sweep --grid lesson
  python -m gce_lib table runs.jsonl

Each command has its own --help. Ctrl-C is safe: the same command continues.
"""
STOPPED = 130  # what a shell expects after Ctrl-C


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Default: the arguments of the process.

    Returns
    -------
    int
        0; 1 where something the command looks for is missing or has failed; 2 for an
        error, said in one sentence; 130 after Ctrl-C.
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    _print_whatever_can_be()
    arguments = _parser().parse_args(argv)
    try:
        arguments.check(arguments)
        return arguments.command(arguments)
    except KeyboardInterrupt:
        again = shlex.join(["python", "-m", "gce_lib", *argv])
        print(f"\nStopped. This continues where it was:\n  {again}", file=sys.stderr)
        return STOPPED
    except (ImportError, OSError, RuntimeError, TypeError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _print_whatever_can_be() -> None:
    """Put a ``?`` in place of what a pipe or console of another encoding cannot say."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gce_lib",
        description="Learn with noisy labels: the Generalized Cross Entropy loss.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gce-lib {__version__}")
    add_quiet(parser, default=False)
    commands = parser.add_subparsers(metavar="command", required=True)
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            epilog=module.EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
        add_quiet(command, default=argparse.SUPPRESS)  # what stood before it counts
        check = getattr(module, "check", lambda arguments: None)
        command.set_defaults(command=module.run, check=check)
    return parser
