"""From the one colour a partner picks to colours that can be read, on light and on dark pages.

Pure. Contrast as WCAG 2.2 counts it; darker and lighter in OKLCH, where a step looks like a step
and the hue stays. Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio and CSS Color 4, OKLCH.
"""

import functools
import math
import re
from dataclasses import dataclass

from tenants.errors import Refused

Rgb = tuple[int, int, int]

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
LIGHT_SURFACE, DARK_SURFACE = (255, 255, 255), (0x17, 0x1B, 0x22)
READABLE = 4.5
_TINT_SHARE = 0.1  # of the brand in a page's tinted ground
_STEPS = 100
_LINEAR_BELOW = 0.04045  # of the sRGB transfer curve
_ROUNDING = 1e-4  # below half a step of 8 bits
_COLOURS_KEPT = 4096  # a search in OKLCH each; a desk shows those of hundreds of brands
_HEX = re.compile("#?([0-9a-f]{6}|[0-9a-f]{3})")


@dataclass(frozen=True, slots=True)
class BrandColours:
    """Colours of a brand, "#rrggbb". `fg`: on the brand; `ink`: the brand as text; `tint`: ground.

    Ink is readable on the page's surface and on the tint, in light and in dark.
    """

    brand: str
    fg: str
    ink_light: str
    ink_dark: str
    tint_light: str
    tint_dark: str


@functools.lru_cache(_COLOURS_KEPT)
def brand_colours(colour: str) -> BrandColours:
    """All colours of a brand from its one. Raises Refused for a text that is no colour."""
    brand = parse_colour(colour)
    tint_light, tint_dark = _mix(brand, LIGHT_SURFACE), _mix(brand, DARK_SURFACE)
    return BrandColours(
        brand=colour_text(brand),
        fg=colour_text(WHITE if contrast(brand, WHITE) >= READABLE else BLACK),
        ink_light=colour_text(_readable(brand, (LIGHT_SURFACE, tint_light), towards=0.0)),
        ink_dark=colour_text(_readable(brand, (DARK_SURFACE, tint_dark), towards=1.0)),
        tint_light=colour_text(tint_light),
        tint_dark=colour_text(tint_dark),
    )


def parse_colour(text: str) -> Rgb:
    """Red, green and blue, 0 to 255, of "#1757c2" or "#15c". Raises Refused for anything else."""
    found = _HEX.fullmatch(text.strip().lower())
    if not found:
        raise Refused("“{text}” is no colour: write it as #1757c2.", text=text)
    digits = found[1] if len(found[1]) == len("rrggbb") else "".join(d * 2 for d in found[1])
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def colour_text(rgb: Rgb) -> str:
    """The colour as "#rrggbb"."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def contrast(one: Rgb, other: Rgb) -> float:
    """How well two colours are told apart, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def stylesheet(colours: dict[int, BrandColours]) -> str:
    """The rules of `/brands.<hash>.css`: `[data-brand="12"]` and its variables, by brand id."""
    return "".join(_rule(brand_id, each) for brand_id, each in sorted(colours.items()))


def _rule(brand_id: int, colours: BrandColours) -> str:
    ink = f"light-dark({colours.ink_light}, {colours.ink_dark})"
    tint = f"light-dark({colours.tint_light}, {colours.tint_dark})"
    return (
        f'[data-brand="{brand_id:d}"]{{--brand:{colours.brand};--brand-fg:{colours.fg};'
        f"--brand-ink:{ink};--brand-tint:{tint}}}\n"
    )


def _readable(brand: Rgb, grounds: tuple[Rgb, ...], *, towards: float) -> Rgb:
    """The brand, taken as far `towards` black (0) or white (1) as its grounds demand."""
    lightness, chroma, hue = _to_oklch(brand)
    ink = brand
    for step in range(_STEPS + 1):
        if step:
            moved = lightness + (towards - lightness) * step / _STEPS
            ink = _from_oklch(moved, chroma, hue)
        if all(contrast(ink, ground) >= READABLE for ground in grounds):
            return ink
    return WHITE if towards else BLACK


def _mix(brand: Rgb, surface: Rgb) -> Rgb:
    red, green, blue = (
        round(part * _TINT_SHARE + ground * (1 - _TINT_SHARE))
        for part, ground in zip(brand, surface, strict=True)
    )
    return red, green, blue


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(part) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= _LINEAR_BELOW else ((share + 0.055) / 1.055) ** 2.4


def _encoded(share: float) -> int:
    encoded = (
        12.92 * share if share <= _LINEAR_BELOW / 12.92 else 1.055 * share ** (1 / 2.4) - 0.055
    )
    return round(255 * min(max(encoded, 0), 1))


def _to_oklch(rgb: Rgb) -> tuple[float, float, float]:
    red, green, blue = (_linear(part) for part in rgb)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> Rgb:
    """The nearest colour a screen shows: chroma shrinks until the colour exists."""
    for step in range(_STEPS + 1):
        shares = _linear_shares(lightness, chroma * (1 - step / _STEPS), hue)
        if all(-_ROUNDING <= share <= 1 + _ROUNDING for share in shares):
            break
    red, green, blue = (_encoded(min(max(share, 0.0), 1.0)) for share in shares)
    return red, green, blue


def _linear_shares(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
