"""The snippets of "Use it in your own project" run, one after the other."""

import re
from pathlib import Path

import pytest
import torch

PAGE = Path(__file__).resolve().parents[2] / "book" / "reference" / "use-it.md"
SNIPPETS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def names():
    torch.manual_seed(0)
    return {}


def run(snippet, names):
    exec(compile(snippet, str(PAGE), "exec"), names)
    return names


def test_the_page_has_its_snippets():
    assert len(SNIPPETS) == 8


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")
def test_every_snippet_runs_and_learns(names):
    for snippet in SNIPPETS:
        run(snippet, names)
    assert torch.isfinite(names["loss"])
    assert names["trainer"].state.global_step == 2
    assert names["logits"].grad[:, :, :2].count_nonzero() == 0
    assert names["logits"].grad[:, :, 2:].count_nonzero() > 0
    assert torch.isfinite(names["vocabulary"].grad).all()


def test_the_fused_form_is_the_plain_form(names):
    import gce_lib as gce

    logits = names["hidden"] @ names["vocabulary"].T
    plain = gce.gce_loss(logits, names["tokens"], q=0.7)
    fused = gce.gce_from_nll(names["nll"], q=0.7).mean()
    torch.testing.assert_close(fused, plain)
