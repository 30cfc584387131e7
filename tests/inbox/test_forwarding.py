import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inbox.addresses import Address
from app.inbox.forwarding import forwarded_sender

ADA = Address("Ada", "ada@client.example")


@pytest.mark.parametrize(
    "text",
    [
        (
            "FYI\n\n---------- Forwarded message ---------\nFrom: Ada <ada@client.example>\n"
            "Date: Monday\nSubject: Help\nTo: Ben\n\nIt broke\n"
        ),
        "From: Ada [mailto:ada@client.example]\nSent: Monday\nTo: Ben\nSubject: Help\n\nIt broke\n",
        "> От: Ada <ada@client.example>\n> Дата: понедельник\n> Тема: Помогите\n> Кому: Бен\n",
        "*Von:* Ada <ada@client.example>\n*Gesendet:* Montag\n*An:* Ben\n*Betreff:* Hilfe\n",
    ],
    ids=["dashed", "outlook", "quoted", "starred"],
)
def test_the_first_sender_is_found(text):
    assert forwarded_sender(text) == ADA


@pytest.mark.parametrize(
    "text",
    [
        "",
        "From: what I see it is broken.\nTo: be honest.\n",
        "From: a@b.org <ada@client.example>\nDate: Monday\nSubject: Help\n",
        "From: Ada\nDate: Monday\nSubject: Help\n",
    ],
    ids=["nothing", "sentence", "doubtful", "name only"],
)
def test_a_doubtful_sender_is_none(text):
    assert forwarded_sender(text) is None


@given(text=st.text())
def test_any_text_can_be_read(text):
    assert forwarded_sender(f"From: {text}\nDate: x\nTo: y\n") is None or "@" in text
