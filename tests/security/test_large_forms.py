"""A form without files is small: a larger body is refused unread, in either way of encoding it."""

import pytest

from app.web.doors import FORM_MAX_BYTES

MULTIPART = "multipart/form-data"
URL_ENCODED = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("encoding", [URL_ENCODED, MULTIPART])
def test_a_form_larger_than_forms_are_is_refused_and_not_echoed(client, harbour, encoding):
    answer = client.post(
        "/requests/new",
        data={"text": "x" * (FORM_MAX_BYTES + 1)},
        content_type=encoding,
        headers={"Host": f"{harbour.host}:8000"},
    )

    answer.request.environ["wsgi.input"].close()  # the test's own copy of the body
    assert answer.status_code == 413
    assert len(answer.data) < 10_000


def test_a_form_of_ordinary_size_is_read(client, harbour):
    answer = client.post(
        "/requests/new",
        data={"text": "x" * (FORM_MAX_BYTES // 2)},
        content_type=URL_ENCODED,
        headers={"Host": f"{harbour.host}:8000"},
    )

    assert answer.status_code == 403  # read, and found without the form's token
