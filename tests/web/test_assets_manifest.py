"""Built assets are found by the names that pages use."""

import pytest

from app.web.assets_manifest import load_manifest


def test_an_asset_is_served_under_its_hashed_name(tmp_path):
    (tmp_path / "manifest.json").write_text('{"app.js": "app.1A2B3C4D.js"}')

    manifest = load_manifest(tmp_path)

    assert manifest.url("app.js") == "/static/dist/app.1A2B3C4D.js"
    assert manifest.path("app.js") == tmp_path / "app.1A2B3C4D.js"


def test_an_unknown_asset_is_refused_by_name(tmp_path):
    (tmp_path / "manifest.json").write_text("{}")

    with pytest.raises(KeyError, match=r"other\.js"):
        load_manifest(tmp_path).url("other.js")


def test_missing_assets_name_the_command_that_makes_them(tmp_path):
    with pytest.raises(FileNotFoundError, match="make setup"):
        load_manifest(tmp_path)
