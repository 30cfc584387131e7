"""An invoice as HTML: its body for a page, or the whole document for the PDF."""

import functools
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from billing.documents.view import InvoiceView

TEMPLATES = Path(__file__).parent / "templates"


def invoice_body(view: InvoiceView, links: Mapping[int, str]) -> Markup:
    """What stands on the page, under the page's own heading. `links`: line position to address."""
    return _rendered("invoice.html", view, links)


def invoice_document(view: InvoiceView) -> Markup:
    """The whole document, without links and without a stylesheet of its own."""
    return _rendered("invoice_document.html", view, {})


def _rendered(template: str, view: InvoiceView, links: Mapping[int, str]) -> Markup:
    # Markup: the template escaped every value, and no page may escape it a second time.
    return Markup(_environment().get_template(template).render(view=view, links=links))  # noqa: S704


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
