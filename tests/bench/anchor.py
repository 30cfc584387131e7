"""The anchor: a bare Flask with a bare SQLAlchemy, one greeting and one one-row insert.

Served with the settings of our own web server, in the same run, so that every figure can be read
as so many of these.
"""

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from config import environment_value
from tests.bench import ANCHOR_ADDRESS, ANCHOR_TABLE


class Base(DeclarativeBase):
    """Mapped classes of the anchor."""


class AnchorRow(Base):
    """One row."""

    __tablename__ = ANCHOR_TABLE

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


app = Flask(__name__)
engine = create_engine(environment_value(ANCHOR_ADDRESS) or "postgresql+psycopg://")


@app.get("/")
def hello() -> str:
    """A bare greeting."""
    return "Hello"


@app.post("/rows")
def add_row() -> str:
    """A bare insert, with the id that the database gave."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        row = AnchorRow(text="The office has no network since this morning.")
        session.add(row)
        session.flush()  # gives the id
        return str(row.id)
