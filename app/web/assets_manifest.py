"""Which built file answers to which name.

Apart from the pages, because the PDF maker asks too. The manifest is written by `build.mjs`, last
of all, so that its absence means "not built".
"""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Manifest:
    """The built files.

    `folder`: where they lie; `url_prefix`: where they are served; `files`: name → hashed name.
    """

    folder: Path
    url_prefix: str
    files: dict[str, str]

    def url(self, name: str) -> str:
        """The address of an asset: "app.js" → "/static/dist/app.1A2B3C4D.js".

        Raises KeyError for a name that `build.mjs` does not know.
        """
        return self.url_prefix + self.files[name]

    def path(self, name: str) -> Path:
        """The built file, for readers that bypass HTTP. Raises KeyError as `url` does."""
        return self.folder / self.files[name]


def load_manifest(folder: Path, *, url_prefix: str = "/static/dist/") -> Manifest:
    """The manifest in `folder`, read once by the factory.

    Raises FileNotFoundError, naming the command that builds the assets, when there is none.
    """
    try:
        text = (folder / "manifest.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        message = f"{folder} holds no built assets: run `make setup`"
        raise FileNotFoundError(message) from None
    return Manifest(folder=folder, url_prefix=url_prefix, files=json.loads(text))
