"""The icon sprite holds what the pages show."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "app" / "web"
NAMED = re.compile(r"""(?:\bicon\((?:name=)?|\b(?:channel_icon|icon_name)=)["']([a-z0-9-]+)["']""")
LISTED = frozenset((WEB / "assets" / "icons.txt").read_text(encoding="utf-8").split())
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_each_icon_that_a_template_names_is_in_the_sprite(path):
    named = set(NAMED.findall(path.read_text(encoding="utf-8")))

    assert named <= LISTED


def test_the_list_of_icons_is_sorted_and_names_each_once():
    names = (WEB / "assets" / "icons.txt").read_text(encoding="utf-8").splitlines()

    assert names == sorted(set(names))
