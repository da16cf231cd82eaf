import pytest
import tiny
import torch
from torchvision.models.resnet import BasicBlock

from gce_lib import models

NARROW = {"mlp": {"hidden": (16,)}, "small_cnn": {"width": 4}}


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
    assert all(weight.grad is not None for weight in model.parameters())


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
