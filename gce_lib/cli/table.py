"""Show accuracies, mean ± std over seeds (their number), beside the published ones."""

from gce_lib.files import typed_path

from .options import RECORDS

HELP = "show the results"
EPILOG = """\
examples:
  python -m gce_lib table runs.jsonl
  python -m gce_lib table book/results --at last
  python -m gce_lib table runs.jsonl --csv > runs.csv
"""


def add_arguments(parser) -> None:
    parser.add_argument(
        "records",
        nargs="?",
        default=RECORDS,
        help="a file of records or a folder of them (default: %(default)s)",
    )
    parser.add_argument(
        "--at",
        choices=("best", "last"),
        default="best",
        help="accuracy at the best noisy-validation accuracy, or after the last epoch",
    )
    parser.add_argument("--csv", action="store_true", help="comma-separated")


def run(arguments) -> int:
    """Print the table; exit code 1 where there is no record."""
    if not typed_path("records", arguments.records).exists():
        raise ValueError(
            "records must be a file that can be read or a folder of them, "
            f"got {arguments.records}, which does not exist"
        )
    from gce_lib.experiments import load_records, table

    records = load_records(arguments.records)
    if records.empty:
        print(f"{arguments.records} has no record yet")
        return 1
    shown = table(records, at=arguments.at)
    print(shown.to_csv() if arguments.csv else shown.to_string())
    return 0
