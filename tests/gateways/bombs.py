"""Programs of a limited child that go wrong when they are asked to."""

import os
import time


def endless_work(question: bytes) -> bytes:
    while question == b"bomb":
        pass
    return question


def endless_sleep(question: bytes) -> bytes:
    while question == b"bomb":
        time.sleep(1)
    return question


def endless_memory(question: bytes) -> bytes:
    kept = []
    while question == b"bomb":
        kept.append(bytes(1_000_000))
    return question


def sudden_end(question: bytes) -> bytes:
    if question == b"bomb":
        os._exit(1)
    return question


def exception(question: bytes) -> bytes:
    if question == b"bomb":
        raise RecursionError
    return question
