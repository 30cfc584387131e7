"""Files in a bucket that speaks S3; credentials come from where boto3 finds them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

from app.gateways.blobs import check_key
from tenants.errors import GatewayError, NotFound

TIMEOUT_S = 10
MISSING = frozenset({"NoSuchKey", "404"})


class S3Blobs:
    """`bucket` holds everything under `prefix`. `client`: of boto3, made here unless given."""

    def __init__(self, *, bucket: str, prefix: str = "", client: Any = None) -> None:
        settings = BotoConfig(connect_timeout=TIMEOUT_S, read_timeout=TIMEOUT_S)
        self._client = client or boto3.client("s3", config=settings)
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""

    def put(self, key: str, content: bytes) -> None:
        """Keep `content` under `key`."""
        try:
            self._client.put_object(Bucket=self._bucket, Key=self._place(key), Body=content)
        except (BotoCoreError, ClientError) as error:
            raise GatewayError("a file could not be kept in the bucket", permanent=False) from error

    def get(self, key: str) -> bytes:
        """The bytes under `key`. Raises NotFound."""
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=self._place(key))
            content: bytes = found["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                raise NotFound from None
            raise GatewayError(
                "a file could not be read from the bucket", permanent=False
            ) from error
        except BotoCoreError as error:
            raise GatewayError(
                "a file could not be read from the bucket", permanent=False
            ) from error
        return content

    def delete(self, key: str) -> None:
        """Forget `key`."""
        try:
            self._client.delete_object(Bucket=self._bucket, Key=self._place(key))
        except (BotoCoreError, ClientError) as error:
            raise GatewayError("a file could not be deleted", permanent=False) from error

    def old_keys(self, before: datetime) -> Iterator[str]:
        """In the bucket's own order, which is by name."""
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            )
            for page in pages:
                for each in page.get("Contents", ()):
                    if each["LastModified"] < before:
                        yield each["Key"].removeprefix(self._prefix)
        except (BotoCoreError, ClientError) as error:
            raise GatewayError("the bucket could not be listed", permanent=False) from error

    def delete_old(self, key: str, before: datetime) -> None:
        """Forget `key` unless it was put again since `before`, as the bucket says last."""
        place = {"Bucket": self._bucket, "Key": self._place(key)}
        try:
            if self._client.head_object(**place)["LastModified"] < before:
                self._client.delete_object(**place)
        except ClientError as error:
            if error.response["Error"]["Code"] not in MISSING:
                raise GatewayError("a file could not be deleted", permanent=False) from error
        except BotoCoreError as error:
            raise GatewayError("a file could not be deleted", permanent=False) from error

    def _place(self, key: str) -> str:
        return self._prefix + check_key(key)
