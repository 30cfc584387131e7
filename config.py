"""Every setting, named, typed and checked once at start; the only reader of the environment."""

import binascii
import enum
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

WEAK_SECRETS = frozenset({"secret", "changeme", "change-me", "dev", "development", "password"})
SECRET_MIN_LENGTH = 32
HIDDEN = frozenset({"secret_key", "encryption_keys", "database_url", "smtp_url", "blob_url"})


class ConfigError(ValueError):
    """A setting is missing or wrong. The message names the variable and the mend."""


class Environment(enum.Enum):
    """Where the application runs; production refuses weak settings."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Config:
    """All that can be set. Absent optional parts are None, and `doctor` says what that means.

    Source: the environment variables of the same names in upper case; see docs/configure.md.
    """

    environment: Environment
    secret_key: str
    encryption_keys: tuple[bytes, ...]
    public_base_url: str
    var: Path
    database_url: str | None
    pg_bindir: str | None
    blob_url: str
    smtp_url: str | None
    mail_listen: tuple[str, int]
    trusted_authserv_id: str | None
    heartbeat_url: str | None
    trusted_proxies: int  # how many of our own stand in front and set X-Forwarded-For

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read and check every setting. Raises ConfigError naming the variable and the mend."""
        env = os.environ if environ is None else environ
        environment = _environment(env)
        var = Path(env.get("VAR_DIR") or "var").resolve()
        return cls(
            environment=environment,
            secret_key=_secret_key(env, environment, var),
            encryption_keys=_encryption_keys(env, environment, var),
            public_base_url=_public_base_url(env, environment),
            var=var,
            database_url=_database_url(env, environment),
            pg_bindir=env.get("PG_BINDIR") or None,
            blob_url=_blob_url(env, var),
            smtp_url=_smtp_url(env),
            mail_listen=_mail_listen(env),
            trusted_authserv_id=env.get("TRUSTED_AUTHSERV_ID") or None,
            heartbeat_url=env.get("HEARTBEAT_URL") or None,
            trusted_proxies=_whole_number(env, "TRUSTED_PROXIES", default=0),
        )

    @property
    def is_production(self) -> bool:
        """Whether weak settings are refused and shortcuts in time are closed."""
        return self.environment is Environment.PRODUCTION

    @property
    def public_host(self) -> str:
        """The provider's own host name, lower case, without a port."""
        return (urlsplit(self.public_base_url).hostname or "").lower()

    @property
    def is_https(self) -> bool:
        """Whether cookies may carry Secure and the `__Host-` prefix."""
        return self.public_base_url.startswith("https://")

    def printable(self) -> dict[str, str]:
        """Every setting as text, secrets replaced by whether they are set."""
        return {f.name: _shown(f.name, getattr(self, f.name)) for f in fields(self)}


def environment_value(name: str) -> str | None:
    """A variable that only tests and tools read; everything else is a field of Config."""
    return os.environ.get(name) or None


def child_environment(**extra: str) -> dict[str, str]:
    """The whole environment for a child of the supervisor, with `extra` on top."""
    return {**os.environ, **extra}


def _shown(name: str, value: object) -> str:
    if isinstance(value, enum.Enum):
        return str(value.value)
    if name in HIDDEN:
        return "set" if value else "not set"
    return "not set" if value is None else str(value)


def _environment(env: Mapping[str, str]) -> Environment:
    name = env.get("APP_ENV") or Environment.DEVELOPMENT.value
    try:
        return Environment(name)
    except ValueError:
        raise ConfigError(
            f"APP_ENV is {name!r}; set it to production, development or test"
        ) from None


def _secret_key(env: Mapping[str, str], environment: Environment, var: Path) -> str:
    key = env.get("SECRET_KEY", "")
    if environment is not Environment.PRODUCTION:
        return key or _kept_secret(var / "secret_key")
    if len(key) < SECRET_MIN_LENGTH or key.lower() in WEAK_SECRETS:
        raise ConfigError(
            f"SECRET_KEY must be a random text of {SECRET_MIN_LENGTH} characters or more in "
            'production; make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    return key


def _encryption_keys(
    env: Mapping[str, str], environment: Environment, var: Path
) -> tuple[bytes, ...]:
    text = env.get("ENCRYPTION_KEYS", "")
    if not text and environment is not Environment.PRODUCTION:
        text = _kept_secret(var / "encryption_key")
    keys = tuple(_encryption_key(part) for part in text.replace(",", " ").split())
    if not keys:
        raise ConfigError(
            "ENCRYPTION_KEYS is missing; set one or more keys of 64 hexadecimal digits, the newest "
            'first; make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    return keys


def _encryption_key(text: str) -> bytes:
    try:
        key = binascii.unhexlify(text)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != SECRET_MIN_LENGTH:
        raise ConfigError("ENCRYPTION_KEYS: each key must be 64 hexadecimal digits (32 bytes)")
    return key


def _kept_secret(path: Path) -> str:
    """A random secret made at the first start and kept beside the development data."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        try:
            os.link(fresh, path)  # two first starts at once: one link wins, both read the winner
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


def _public_base_url(env: Mapping[str, str], environment: Environment) -> str:
    port = env.get("PORT") or "8000"
    url = (env.get("PUBLIC_BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise ConfigError(
            f"PUBLIC_BASE_URL is {url!r}; give scheme and host only, as https://desk.example.com"
        )
    if environment is Environment.PRODUCTION and parts.scheme != "https":
        raise ConfigError("PUBLIC_BASE_URL must begin with https:// in production")
    return url


def _database_url(env: Mapping[str, str], environment: Environment) -> str | None:
    url = env.get("DATABASE_URL") or None
    if url is None:
        if environment is Environment.PRODUCTION and env.get("EMBEDDED_DATABASE") != "yes":
            raise ConfigError(
                "DATABASE_URL is missing; set postgresql://user:password@host/name, or set "
                "EMBEDDED_DATABASE=yes to run production on the embedded PostgreSQL"
            )
        return None
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"} or not rest:
        raise ConfigError(
            "DATABASE_URL must begin with postgresql:// (only PostgreSQL >= 15 works)"
        )
    return f"postgresql+psycopg://{rest}"


def _blob_url(env: Mapping[str, str], var: Path) -> str:
    url = env.get("BLOB_URL") or f"file:{var / 'blobs'}"
    if not url.startswith(("file:", "s3:")):
        raise ConfigError("BLOB_URL must begin with file: (a folder) or s3: (s3://bucket/prefix)")
    return url


def _smtp_url(env: Mapping[str, str]) -> str | None:
    url = env.get("SMTP_URL") or None
    if url and not url.startswith(("smtp://", "smtps://", "smtp+starttls://")):
        raise ConfigError(
            "SMTP_URL must begin with smtp://, smtp+starttls:// or smtps://, as "
            "smtp+starttls://user:password@mail.example.com:587"
        )
    return url


def _whole_number(env: Mapping[str, str], name: str, *, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdigit():
        raise ConfigError(f"{name} is {text!r}; give a whole number")
    return int(text)


def _mail_listen(env: Mapping[str, str]) -> tuple[str, int]:
    text = env.get("MAIL_LISTEN") or f"127.0.0.1:{env.get('MAIL_PORT') or '2525'}"
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise ConfigError(f"MAIL_LISTEN is {text!r}; give host:port, as 0.0.0.0:25")
    return host.strip("[]"), int(port)
