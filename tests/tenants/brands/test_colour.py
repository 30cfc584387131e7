"""Whatever colour a partner picks, people can read the pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.brands.colour import (
    DARK_SURFACE,
    LIGHT_SURFACE,
    brand_colours,
    colour_text,
    contrast,
    parse_colour,
    stylesheet,
)
from tenants.errors import Refused

channel = st.integers(0, 255)
colours = st.tuples(channel, channel, channel)


@given(colours)
def test_every_brand_colour_is_readable_as_text_and_under_text(rgb):
    found = brand_colours(colour_text(rgb))

    assert contrast(parse_colour(found.fg), rgb) >= 4.5
    for ink, grounds in (
        (found.ink_light, (LIGHT_SURFACE, parse_colour(found.tint_light))),
        (found.ink_dark, (DARK_SURFACE, parse_colour(found.tint_dark))),
    ):
        assert all(contrast(parse_colour(ink), ground) >= 4.5 for ground in grounds)


@given(colours)
def test_a_colour_is_written_as_it_is_read(rgb):
    assert parse_colour(colour_text(rgb)) == rgb


def test_a_colour_that_can_be_read_stays_what_it_is():
    assert brand_colours("#1757c2").ink_light == "#1757c2"
    assert brand_colours("#ffd400").ink_dark == "#ffd400"


def test_a_bright_colour_keeps_its_hue_when_it_is_darkened():
    red, green, blue = parse_colour(brand_colours("#ffd400").ink_light)

    assert red > green > blue
    assert blue < 40


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [((0, 0, 0), (255, 255, 255), 21), ((255, 255, 255), (255, 255, 255), 1)],
)
def test_contrast_is_that_of_the_standard(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio)
    assert contrast(other, one) == pytest.approx(ratio)


def test_short_and_bare_spellings_are_understood():
    assert parse_colour(" #15C ") == parse_colour("1155cc") == (0x11, 0x55, 0xCC)


@pytest.mark.parametrize("text", ["", "#12345", "red", "#12345g", "#1757c2;}", "rgb(1,2,3)"])
def test_what_is_no_colour_is_refused(text):
    with pytest.raises(Refused):
        parse_colour(text)


def test_the_style_sheet_holds_a_rule_per_brand():
    sheet = stylesheet({12: brand_colours("#1757c2"), 3: brand_colours("#ffd400")})

    assert [line.partition("{")[0] for line in sheet.splitlines()] == [
        '[data-brand="3"]',
        '[data-brand="12"]',
    ]
    assert "--brand:#1757c2;--brand-fg:#ffffff;--brand-ink:light-dark(#1757c2, " in sheet
