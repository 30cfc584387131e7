"""What stands in an address never steers where the links of its page lead."""

import pytest

from tests import browsers

HREF = 'href="'


@pytest.mark.parametrize(
    "query",
    [
        "_scheme=javascript&_external=1&_anchor=%250Aalert(1)",
        "_external=1&_scheme=evil",
        "endpoint=static&filename=x",
        "_method=FOO",
        "_anchor=%22%3E%3Cscript%3E",
        "token=another",
    ],
)
def test_a_query_does_not_speak_to_what_makes_links(app, harbour, query):
    answer = browsers.at(app, harbour.host).get(f"/requests/new?{query}")

    assert answer.status_code == 200
    assert set(language_links(answer)) == {"/requests/new"}


def test_a_language_is_chosen_on_the_page_one_is_on(app, harbour):
    dora = browsers.at(app, harbour.host)

    page = dora.get("/requests/new?from=mail").get_data(as_text=True)

    assert 'href="/requests/new?from=mail&amp;language=uk"' in page


def language_links(answer):
    """The paths of the links that choose a language."""
    links = [part.partition('"')[0] for part in answer.get_data(as_text=True).split(HREF)[1:]]
    return [link.partition("?")[0] for link in links if "language=" in link]
