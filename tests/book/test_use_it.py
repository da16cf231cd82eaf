"""The snippets of "Use it in your own project" run, one after the other."""

import pytest
import snippets
import torch

BLOCKS = snippets.blocks("use-it.md")


@pytest.fixture(scope="module")
def names():
    torch.manual_seed(0)
    return {}


def test_the_page_has_its_snippets():
    assert [language for language, _ in BLOCKS] == 9 * ["python"]


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")
def test_every_snippet_runs_and_learns(names):
    for _, source in BLOCKS:
        snippets.run_python(source, names)
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


def trained(loss, batch_size, batches, folder):
    """Return the weights of a tiny language model after one step of the Trainer."""
    from transformers import LlamaConfig, LlamaForCausalLM, Trainer, TrainingArguments

    torch.manual_seed(0)
    tiny = LlamaConfig(
        vocab_size=50,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        intermediate_size=16,
    )
    model = LlamaForCausalLM(tiny).double()
    examples = []
    for padded in range(16):
        tokens = torch.randint(50, (8,))
        labels = tokens.clone()
        labels[: padded % 6] = -100
        examples.append({"input_ids": tokens, "labels": labels})
    arguments = TrainingArguments(
        folder,
        max_steps=1,
        per_device_train_batch_size=batch_size,
        gradient_accumulation_steps=batches,
        learning_rate=1.0,
        lr_scheduler_type="constant",
        optim="sgd",
        max_grad_norm=0.0,
        report_to="none",
        use_cpu=True,
        disable_tqdm=True,
    )
    before = torch.cat([p.detach().flatten() for p in model.parameters()])
    Trainer(
        model=model,
        args=arguments,
        train_dataset=examples,
        compute_loss_func=loss,
    ).train()
    return torch.cat([p.detach().flatten() for p in model.parameters()]) - before


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")
def test_a_language_model_takes_the_same_step_however_its_batch_is_split(
    names, tmp_path
):
    loss = names["robust_token_loss"]
    whole, split = (trained(loss, *sizes, tmp_path) for sizes in ((8, 1), (2, 4)))
    assert whole.abs().max() > 1e-3
    torch.testing.assert_close(split, whole, rtol=0, atol=1e-11)
