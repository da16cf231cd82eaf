"""The snippets of "Long trainings" run in the order of the page, and tell the truth."""

import re
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import snippets
import torch

import gce_lib as gce

PAGE = "running.md"
BLOCKS = snippets.blocks(PAGE)
TEXT = (snippets.REFERENCE / PAGE).read_text("utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """What is left when a reader has run everything: the names, answers and files."""
    folder = tmp_path_factory.mktemp("running")
    (folder / "job.py").write_text(BLOCKS[0][1], encoding="utf-8")
    names, answers = {"__name__": "page"}, []
    with (
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(record=True) as warned,
    ):
        warnings.simplefilter("always")
        patch.chdir(folder)
        patch.syspath_prepend(folder)
        for language, source in BLOCKS[1:]:
            if language == "bash":
                answers.append(snippets.run_bash(source, folder))
            else:
                snippets.run_python(source, names)
    return SimpleNamespace(folder=folder, answers=answers, warned=warned, **names)


@pytest.fixture(scope="module")
def undisturbed(page):
    return page.train()


def assert_same(model, other):
    for value, expected in zip(
        model.state_dict().values(), other.state_dict().values(), strict=True
    ):
        assert torch.equal(value, expected)


def test_the_page_has_its_snippets():
    languages = [language for language, _ in BLOCKS]
    assert (languages.count("python"), languages.count("bash")) == (10, 3)


def test_a_killed_training_ends_as_if_nothing_had_happened(page, undisturbed):
    model, history = undisturbed
    for name, value in page.saved["state"]["model"].items():
        assert torch.equal(value, model.state_dict()[name])
    repeated = page.saved["state"]["history"]
    for column in set(repeated) - {"seconds", "cpu_seconds"}:
        np.testing.assert_array_equal(repeated[column], history[column])


def test_a_damaged_file_a_drive_and_evenings_end_there_too(page, undisturbed):
    model, _ = undisturbed
    damaged = gce.training.CheckpointWarning
    assert [w.category for w in page.warned if "damaged" in str(w.message)] == [damaged]
    assert_same(page.repaired, model)
    assert page.evenings > 1
    assert_same(page.finished, model)
    assert (page.folder / "kept" / "fashion-lq-0.7.pt").exists()


def test_the_table_names_what_a_checkpoint_holds(page):
    table = TEXT.split("| `state` |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == list(page.saved["state"])


@pytest.mark.parametrize(
    "options",
    [
        {"seed": 1},
        {"batch_size": 64},
        {"lr": 0.05},
        {"epochs": 13},
        {"labels": None},
        {"loss": gce.GCELoss(q=0.6)},
    ],
    ids=lambda options: next(iter(options)),
)
def test_a_checkpoint_refuses_what_the_page_says(page, options):
    with pytest.raises(gce.training.CheckpointError, match="another training"):
        page.train(checkpoint=page.folder / "run.pt", **options)


def test_a_checkpoint_allows_what_the_page_says(page, undisturbed):
    changes = {"checkpoint_every": 5, "progress": False, "callback": print}
    model, _ = page.train(
        model=page.network(seed=1), checkpoint=page.folder / "run.pt", **changes
    )
    assert_same(model, undisturbed[0])


def test_half_precision_loses_next_to_nothing(page):
    assert page.same > 0.97
    assert (page.full - page.half).abs().max() < 0.1


def test_a_loss_that_is_no_number_gives_the_last_good_weights_back(page):
    assert_same(page.model, page.network())


def test_fit_is_the_plain_loop(page):
    for value, expected in zip(
        page.by_fit.parameters(), page.by_hand.parameters(), strict=True
    ):
        torch.testing.assert_close(value, expected, rtol=0, atol=1e-4)


def test_the_command_line_makes_the_records_of_the_sweep(page):
    trained = page.answers[1]
    (recorded,) = gce.experiments.load_records(page.folder / "runs.jsonl").index
    assert trained.split()[0] == recorded
    again = gce.experiments.load_records(page.folder / "sweep.jsonl")
    assert list(again.index) == list(page.records.index)
    assert len(again) == 4
