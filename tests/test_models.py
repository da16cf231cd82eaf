from dataclasses import replace

import pytest
import tiny
import torch
from torchvision.models.resnet import BasicBlock

from gce_lib import models

NARROW = {"mlp": {"hidden": (16,)}, "compact_cnn": {"widths": (4, 8)}}


def small(name, shape=(1, 28, 28), num_classes=10, seed=0):
    options = NARROW.get(name, {"width": 4})
    return models.MODELS[name](shape, num_classes, seed=seed, **options)


@pytest.mark.parametrize("name", models.MODELS)
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
def test_logits_have_a_column_for_each_class(name, shape):
    model = small(name, shape, 7)
    logits = model(torch.randn(2, *shape))
    assert logits.shape == (2, 7)
    assert logits.isfinite().all()
    logits.sum().backward()
    for weight in model.parameters():
        assert (weight.grad is not None) == weight.requires_grad


@pytest.mark.parametrize("name", models.MODELS)
def test_seed_alone_determines_the_weights(name):
    torch.manual_seed(1)
    first = small(name)
    torch.manual_seed(2)
    before = torch.get_rng_state()
    second = small(name)
    assert torch.equal(torch.get_rng_state(), before)
    assert tiny.same_weights(first, second)
    assert not tiny.same_weights(first, small(name, seed=1))


def test_mlp_is_784_256_256_10():
    layers = [m for m in models.mlp() if isinstance(m, torch.nn.Linear)]
    sizes = [layer.in_features for layer in layers] + [layers[-1].out_features]
    assert sizes == [784, 256, 256, 10]


@pytest.mark.parametrize(
    ("build", "blocks", "layers"), [(models.resnet18, 8, 18), (models.resnet34, 16, 34)]
)
def test_resnets_have_their_depth_and_the_cifar_stem(build, blocks, layers):
    model = build(width=4)
    modules = list(model.modules())
    convolutions = [m for m in modules if isinstance(m, torch.nn.Conv2d)]
    deep = [m for m in convolutions if m.kernel_size == (3, 3)]
    assert len([m for m in modules if isinstance(m, BasicBlock)]) == blocks
    assert len(deep) + 1 == layers, "3 × 3 convolutions and the linear layer"
    assert convolutions[0].stride == (1, 1)
    assert not any(isinstance(m, torch.nn.MaxPool2d) for m in modules)
    features = model[:-3](torch.randn(1, 3, 32, 32))
    assert features.shape == (1, 32, 4, 4)


def test_resnet34_has_the_weights_of_the_paper_s_network():
    with torch.device("meta"):
        weights = sum(p.numel() for p in models.resnet34().parameters())
    assert weights == 21_282_122


def test_build_takes_shape_and_classes_from_the_data():
    colour = tiny.dataset(channels=3)
    logits = models.build("mlp", colour, seed=3)(torch.randn(4, *colour.shape))
    assert logits.shape == (4, 3)
    with pytest.raises(ValueError, match=r"one of mlp, small_cnn, .*got 'vgg'"):
        models.build("vgg", colour)


def test_compact_cnn_has_half_a_million_weights_and_a_logit_scale_of_a_ninth():
    model = models.compact_cnn()
    assert sum(weight.numel() for weight in model.parameters()) == 498_090
    features, head = model[:-1](torch.randn(2, 3, 32, 32)), model[-1]
    assert features.shape == (2, 128)
    expected = torch.nn.functional.linear(features, head.weight, head.bias) / 9
    assert torch.allclose(head(features), expected)


def images_of_16_pixels(channels=1):
    data = tiny.dataset(train=1500, channels=channels)
    larger = data.train_images.repeat_interleave(2, 1).repeat_interleave(2, 2)
    return replace(data, train_images=larger)


@pytest.mark.parametrize("channels", [1, 3])
def test_compact_cnn_whitens_the_patches_of_the_training_images(channels):
    data = images_of_16_pixels(channels)
    layer = models.build("compact_cnn", data, seed=3)[0]
    filters = 4 * channels
    assert layer.weight.shape == (2 * filters, channels, 2, 2)
    pixels = (data.train_images / 255).permute(0, 3, 1, 2)
    mean, std = (torch.tensor(x).view(-1, 1, 1) for x in (data.mean, data.std))
    outputs = layer((pixels - mean) / std)
    assert torch.equal(outputs[:, :filters], -outputs[:, filters:])
    covariance = torch.cov(outputs[:, :filters].transpose(0, 1).flatten(1))
    assert torch.allclose(covariance, torch.eye(filters), atol=0.1)


def test_the_whitened_images_are_drawn_by_the_seed():
    data = images_of_16_pixels()
    first, again, other = (models.build("compact_cnn", data, seed=s) for s in (0, 0, 1))
    assert tiny.same_weights(first, again)
    assert not torch.equal(first[0].weight, other[0].weight)


def test_images_too_small_for_compact_cnn_are_refused():
    assert models.compact_cnn((1, 9, 9), 2)(torch.randn(2, 1, 9, 9)).shape == (2, 2)
    with pytest.raises(
        ValueError, match=r"at least 9 × 9 pixels .* got shape \(1, 8, 8"
    ):
        models.compact_cnn((1, 8, 8), 2)
