"""Files that nothing refers to go after a day; those that something refers to never do."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from app.clock import utc_now
from app.gateways.folder_blobs import FolderBlobs
from app.jobs.sweep_files import sweep_files
from app.tickets.changes import Author, NewEntry, NewFile
from app.tickets.kinds import AuthorKind, Channel
from tenants.errors import NotFound
from tests.factories import a_ticket

TWO_DAYS = timedelta(days=2)


def test_a_file_without_a_row_goes_and_one_with_a_row_stays(services, harbour, meadow, folder):
    kept, lost = f"{harbour.tenant_id}/kept", f"{harbour.tenant_id}/lost"
    others = f"{meadow.tenant_id}/kept"
    for key in (kept, lost, others):
        services.blobs.put(key, b"bytes")
    a_ticket(harbour, entry=an_entry_with(kept))
    made_old(folder)

    sweep_files(services)

    assert services.blobs.get(kept) == b"bytes"
    for key in (lost, others):
        with pytest.raises(NotFound):
            services.blobs.get(key)


def test_a_file_of_today_stays_since_its_row_may_be_on_its_way(services, harbour):
    services.blobs.put(f"{harbour.tenant_id}/new", b"bytes")

    sweep_files(services)

    assert services.blobs.get(f"{harbour.tenant_id}/new") == b"bytes"


def test_a_file_that_is_put_again_while_the_sweep_runs_stays(services, harbour, folder):
    key = f"{harbour.tenant_id}/again"
    services.blobs.put(key, b"bytes")
    made_old(folder)
    before = utc_now() - timedelta(days=1)
    assert list(services.blobs.old_keys(before)) == [key]

    services.blobs.put(key, b"bytes")
    services.blobs.delete_old(key, before)

    assert services.blobs.get(key) == b"bytes"
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["again"]


def test_what_a_crash_left_half_written_goes_too(services, harbour, folder):
    services.blobs.put(f"{harbour.tenant_id}/whole", b"bytes")
    half = folder / str(harbour.tenant_id) / ".whole.abcd1234"
    half.write_bytes(b"by")
    made_old(folder)

    sweep_files(services)

    assert not half.exists()


def test_files_of_a_tenant_that_is_not_known_stay(services, database, folder):
    services.blobs.put("999999/abc", b"bytes")
    made_old(folder)

    sweep_files(services)

    assert services.blobs.get("999999/abc") == b"bytes"


def an_entry_with(key):
    return NewEntry(
        text="See the picture.",
        author=Author(AuthorKind.REQUESTER, None, "Dora"),
        channel=Channel.MAIL,
        files=(NewFile("a.png", "image/png", 5, "0" * 64, key),),
    )


def made_old(folder):
    then = (utc_now() - TWO_DAYS).timestamp()
    for path in folder.rglob("*"):
        os.utime(path, (then, then))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "blobs"


@pytest.fixture
def services(services, folder):
    return replace(services, blobs=FolderBlobs(folder))
