"""Templates only show: what a linter of HTML does not see."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

TEMPLATES = Path(__file__).parents[1] / "app" / "web" / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
JINJA = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def named(path):
    return path.relative_to(TEMPLATES).as_posix()


def is_email(path):
    return named(path).startswith("email/")  # mail programs read no style sheets


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_template_imports_by_name_and_only_what_it_uses(path):
    tree = JINJA.parse(path.read_text())

    imported = {
        name if isinstance(name, str) else name[1]
        for node in tree.find_all(nodes.FromImport)
        for name in node.names
    }
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}

    assert not list(tree.find_all(nodes.Import))
    assert sorted(imported - used) == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_template_trusts_no_text(path):
    tree = JINJA.parse(path.read_text())

    assert "safe" not in {node.name for node in tree.find_all(nodes.Filter)}
    assert not list(tree.find_all(nodes.EvalContextModifier))


@pytest.mark.parametrize("path", [path for path in PAGES if not is_email(path)], ids=named)
def test_a_page_holds_no_style_and_no_script_of_its_own(path):
    source = path.read_text()

    assert not re.search(r"\sstyle\s*=|<style\b", source)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
    assert not re.search(r"<script\b(?![^>]*\b(?:src=|type=.application/json))", source)
