"""The way of mail, with one parsing child for all the journeys of a worker."""

import pytest

from tests.journeys.mails import a_post, new_parsing


@pytest.fixture(scope="session")
def parsing():
    pool = new_parsing()
    yield pool
    pool.close()


@pytest.fixture
def post(database, tmp_path, parsing):
    return a_post(database, tmp_path / "blobs", parsing)
