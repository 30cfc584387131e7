"""What lies on the disk is for our own user alone: mails hold the keys to requesters' pages."""

import os
import stat

import pytest

from app.gateways.folder_blobs import FolderBlobs
from app.gateways.folder_mail import FolderMail
from app.gateways.mail import OutgoingMail
from tests.cast import MONDAY


@pytest.fixture
def open_mask():
    """A machine that takes no right away from new files."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_mask")
def test_a_written_mail_can_be_read_by_nobody_else(tmp_path):
    FolderMail(tmp_path / "outbox").send(a_mail(), None)

    assert rights_below(tmp_path / "outbox") == {0o700, 0o600}


@pytest.mark.usefixtures("open_mask")
def test_a_kept_file_can_be_read_by_nobody_else(tmp_path):
    FolderBlobs(tmp_path / "blobs").put("1/" + "a" * 64, b"x")

    assert rights_below(tmp_path / "blobs") == {0o700, 0o600}


def rights_below(folder):
    """The rights of the folder and of all in it."""
    return {stat.S_IMODE(each.stat().st_mode) for each in [folder, *folder.rglob("*")]}


def a_mail():
    return OutgoingMail(
        message_ref="1@harbour.example",
        sender="support@harbour.example",
        sender_name="Harbour",
        recipient="dora@client.example",
        recipient_name="Dora",
        subject="HB-1",
        text="x",
        html=None,
        written_at=MONDAY,
        loop_id="x",
    )
