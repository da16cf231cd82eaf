"""Which classes the paper's class-dependent noise confuses, by name and by index."""

from types import MappingProxyType

# airplane 0, automobile 1, bird 2, cat 3, deer 4, dog 5, frog 6, horse 7, ship 8,
# truck 9
CIFAR10_MAP = MappingProxyType(
    {
        9: 1,  # truck -> automobile
        2: 0,  # bird -> airplane
        4: 7,  # deer -> horse
        3: 5,  # cat -> dog
        5: 3,  # dog -> cat
    }
)

# T-shirt 0, trouser 1, pullover 2, dress 3, coat 4, sandal 5, shirt 6, sneaker 7,
# bag 8, ankle boot 9
FASHION_MNIST_MAP = MappingProxyType(
    {
        7: 9,  # sneaker -> ankle boot
        9: 7,  # ankle boot -> sneaker
        2: 6,  # pullover -> shirt
        0: 2,  # T-shirt -> pullover
        3: 4,  # dress -> coat
    }
)

CIFAR100_SUPERCLASSES = MappingProxyType(
    {
        "aquatic mammals": ("beaver", "dolphin", "otter", "seal", "whale"),
        "fish": ("aquarium_fish", "flatfish", "ray", "shark", "trout"),
        "flowers": ("orchid", "poppy", "rose", "sunflower", "tulip"),
        "food containers": ("bottle", "bowl", "can", "cup", "plate"),
        "fruit and vegetables": (
            "apple",
            "mushroom",
            "orange",
            "pear",
            "sweet_pepper",
        ),
        "household electrical devices": (
            "clock",
            "keyboard",
            "lamp",
            "telephone",
            "television",
        ),
        "household furniture": ("bed", "chair", "couch", "table", "wardrobe"),
        "insects": ("bee", "beetle", "butterfly", "caterpillar", "cockroach"),
        "large carnivores": ("bear", "leopard", "lion", "tiger", "wolf"),
        "large man-made outdoor things": (
            "bridge",
            "castle",
            "house",
            "road",
            "skyscraper",
        ),
        "large natural outdoor scenes": ("cloud", "forest", "mountain", "plain", "sea"),
        "large omnivores and herbivores": (
            "camel",
            "cattle",
            "chimpanzee",
            "elephant",
            "kangaroo",
        ),
        "medium-sized mammals": ("fox", "porcupine", "possum", "raccoon", "skunk"),
        "non-insect invertebrates": ("crab", "lobster", "snail", "spider", "worm"),
        "people": ("baby", "boy", "girl", "man", "woman"),
        "reptiles": ("crocodile", "dinosaur", "lizard", "snake", "turtle"),
        "small mammals": ("hamster", "mouse", "rabbit", "shrew", "squirrel"),
        "trees": ("maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"),
        "vehicles 1": ("bicycle", "bus", "motorcycle", "pickup_truck", "train"),
        "vehicles 2": ("lawn_mower", "rocket", "streetcar", "tank", "tractor"),
    }
)

# CIFAR-100 numbers its classes in alphabetical order.
CIFAR100_CLASSES = tuple(
    sorted(name for names in CIFAR100_SUPERCLASSES.values() for name in names)
)


def next_in_superclass() -> dict[int, int]:
    """Return {class: the next class of its superclass}, circular, by CIFAR-100 index.

    The names inside a superclass are in alphabetical order, that is, by index.
    """
    index = {name: i for i, name in enumerate(CIFAR100_CLASSES)}
    return {
        index[name]: index[following]
        for names in CIFAR100_SUPERCLASSES.values()
        for name, following in zip(names, names[1:] + names[:1], strict=True)
    }
