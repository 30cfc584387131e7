"""One contract for every store of files, and what only the folder promises."""

import stat
from datetime import timedelta

import boto3
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from app.clock import utc_now
from app.gateways.blobs import check_key
from app.gateways.folder_blobs import FolderBlobs
from app.gateways.s3_blobs import S3Blobs
from tenants.errors import GatewayError, NotFound
from tests.gateways.small_bucket import SmallBucket

A_DAY = timedelta(days=1)


def test_what_was_put_is_got_back(blobs):
    blobs.put("7/abc", b"\x00 bytes \xff")

    assert blobs.get("7/abc") == b"\x00 bytes \xff"


def test_the_same_key_again_replaces(blobs):
    blobs.put("7/abc", b"old")
    blobs.put("7/abc", b"new")

    assert blobs.get("7/abc") == b"new"


def test_an_unknown_key_is_not_found_and_may_be_deleted(blobs):
    blobs.delete("7/abc")

    with pytest.raises(NotFound):
        blobs.get("7/abc")


def test_a_deleted_file_is_gone_and_its_neighbour_stays(blobs):
    blobs.put("7/abc", b"1")
    blobs.put("7/abd", b"2")

    blobs.delete("7/abc")

    assert blobs.get("7/abd") == b"2"
    with pytest.raises(NotFound):
        blobs.get("7/abc")


def test_keys_are_found_by_when_they_were_last_put(blobs):
    for key in ("7/abc", "7/invoices/1.pdf", "8/abc"):
        blobs.put(key, b"1")

    assert list(blobs.old_keys(utc_now() - A_DAY)) == []
    assert sorted(blobs.old_keys(utc_now() + A_DAY)) == ["7/abc", "7/invoices/1.pdf", "8/abc"]


def test_only_what_was_not_put_since_is_deleted_as_old(blobs):
    blobs.put("7/abc", b"1")

    blobs.delete_old("7/abc", utc_now() - A_DAY)
    assert blobs.get("7/abc") == b"1"

    blobs.delete_old("7/abc", utc_now() + A_DAY)
    blobs.delete_old("7/abc", utc_now() + A_DAY)
    with pytest.raises(NotFound):
        blobs.get("7/abc")


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "7/../8/x", "7//x", "7/x\n", "a" * 301])
def test_a_key_that_could_leave_the_store_is_refused(blobs, key):
    with pytest.raises(ValueError, match="plain parts"):
        blobs.put(key, b"")


@given(st.text(max_size=40))
def test_a_key_that_is_taken_names_a_place_inside(key):
    try:
        check_key(key)
    except ValueError:
        return
    assert ".." not in key
    assert not key.startswith("/")
    assert key.isascii()
    assert key.isprintable()


def test_a_file_is_readable_by_its_owner_only_and_no_part_of_it_stays_behind(tmp_path):
    FolderBlobs(tmp_path).put("7/abc", b"secret")

    (file,) = (tmp_path / "7").iterdir()
    assert file.name == "abc"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_store_that_cannot_write_says_so_and_may_be_tried_again(tmp_path):
    (tmp_path / "7").write_text("a file where a folder should be")

    with pytest.raises(GatewayError) as caught:
        FolderBlobs(tmp_path).put("7/abc", b"")

    assert not caught.value.permanent


def test_a_bucket_that_is_away_says_so_and_may_be_tried_again():
    blobs = S3Blobs(bucket="kept", client=_client("http://127.0.0.1:9"))

    for use in (lambda: blobs.put("7/abc", b""), lambda: blobs.get("7/abc")):
        with pytest.raises(GatewayError) as caught:
            use()
        assert not caught.value.permanent


@pytest.fixture(params=["folder", "s3"])
def blobs(request, tmp_path):
    if request.param == "folder":
        yield FolderBlobs(tmp_path)
        return
    with SmallBucket() as address:
        yield S3Blobs(bucket="kept", prefix="of-ours", client=_client(address))


def _client(address):
    settings = Config(
        retries={"max_attempts": 1}, connect_timeout=2, s3={"addressing_style": "path"}
    )
    return boto3.client(
        "s3",
        endpoint_url=address,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=settings,
    )
