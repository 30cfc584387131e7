"""Probes and figures for the machines that watch us."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.web.auth import public
from app.web.services import database, services

probes = Blueprint("probes", __name__)


@probes.get("/health/live")
@public
def live() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@probes.get("/health/ready")
@public
def ready() -> tuple[Response, int, dict[str, str]]:
    """The database answers; 503 with Retry-After while it does not."""
    try:
        with database().directory() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="away"), 503, {"Retry-After": "5"}
    return jsonify(status="ok", database="ok"), 200, {}


@probes.get("/metrics")
@public
def metrics() -> Response:
    """Figures in Prometheus' text format; no content, no names of tenants."""
    return Response(generate_latest(services().registry), mimetype=CONTENT_TYPE_LATEST)
