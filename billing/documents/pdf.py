"""An invoice as PDF: the same bytes each time it is made, from nothing but what is handed in."""

from typing import NoReturn

from billing.documents.html import invoice_document
from billing.documents.view import invoice_view
from billing.issued import IssuedInvoice


def invoice_pdf(invoice: IssuedInvoice, *, stylesheet: str) -> bytes:
    """The PDF. `stylesheet`: CSS text; what it or the document refers to is not fetched.

    Fonts are those of the machine, named by the stylesheet. Raises ValueError for a reference.
    """
    # Loaded where a PDF is made and nowhere else: it takes 60 MB that no page needs.
    from weasyprint import CSS, HTML  # noqa: PLC0415
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415

    document = str(invoice_document(invoice_view(invoice)))
    try:
        style = CSS(string=stylesheet, url_fetcher=_Nowhere())
        pdf = HTML(string=document, url_fetcher=_Nowhere()).write_pdf(
            stylesheets=[style], pdf_identifier=invoice.label.encode()
        )
    except FatalURLFetchingError as refused:  # no Exception: it would end the whole worker
        raise ValueError("a document fetches nothing") from refused
    return bytes(pdf)


class _Nowhere:
    """The fetcher of a document that refers to nothing: a reference ends the making."""

    _fail_on_errors = True  # else the renderer would leave a picture out and go on

    def __call__(self, url: str) -> NoReturn:
        raise ValueError(f"a document fetches nothing, and this refers to {url[:80]}")
