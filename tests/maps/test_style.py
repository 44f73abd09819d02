"""Colours that colour-blind readers and black-and-white prints keep apart."""

import itertools

import numpy as np
import pytest

from clusteratlas.data import load_sectors
from clusteratlas.maps.style import (
    FIELD_STYLES,
    NO_SECTOR,
    SEQUENTIAL,
    diverging_ramp,
    mix,
    ramp,
    sector_styles,
)

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
SRGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def lab(colour: str, vision: str) -> np.ndarray:
    """CIE L*a*b* (D65) of an sRGB colour as the reader sees it."""
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(VISION[vision]) @ linear, 0, 1)
    xyz = SRGB_TO_XYZ @ seen / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", list(VISION))
def test_field_colours_stay_apart(vision: str) -> None:
    colours = [lab(style.colour, vision) for style in FIELD_STYLES.values()]
    nearest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(colours, 2))
    assert nearest >= 16.9  # 2.3 is just noticeable side by side


def test_fields_have_shapes_of_their_own() -> None:
    shapes = [style.shape for style in FIELD_STYLES.values()]
    assert len({*shapes, NO_SECTOR.shape}) == 8


def test_sequential_colours_darken_with_every_step() -> None:
    lightness = [lab(colour, "normal")[0] for colour in SEQUENTIAL]
    assert all(first - second > 8 for first, second in itertools.pairwise(lightness))


def test_sectors_of_a_field_differ_in_numeral_and_shade() -> None:
    styles = sector_styles(load_sectors())
    assert len(styles) == 28
    for field in FIELD_STYLES:
        members = [style for style in styles.values() if style.field == field]
        assert [style.numeral for style in members] == list(range(1, len(members) + 1))
        assert len({style.colour for style in members}) == len(members)
        assert {style.shape for style in members} == {FIELD_STYLES[field].shape}


@pytest.mark.parametrize("count", range(1, 9))
def test_ramps_have_as_many_colours_as_asked(count: int) -> None:
    assert len(ramp(count)) == count
    assert len(set(ramp(count))) == count
    assert len(diverging_ramp(count, 2)) == count + 2


def test_mix_with_nothing_is_the_colour() -> None:
    assert mix("#12AB9F", 0.0) == "#12AB9F"
