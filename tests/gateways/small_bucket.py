"""A bucket that speaks as much S3 as is used here, over HTTP on loopback."""

import re
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.clock import utc_now

MISSING = b"<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>"
CHUNK = re.compile(rb"\A([0-9a-f]+)(?:;[^\r\n]*)?\r\n")


class SmallBucket:
    """`with SmallBucket() as address:` serves one bucket that is empty at first."""

    def __init__(self):
        self.files = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering_from(self.files))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self):
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_error):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _answering_from(files):
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # which tells a client at once to go on with its file

        def do_PUT(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            is_chunked = "aws-chunked" in self.headers.get("Content-Encoding", "")
            files[self.path] = _joined(content) if is_chunked else content
            self._answer(200)

        def do_GET(self):
            if "list-type=2" in self.path:
                self._answer(200, _listed(files))
                return
            found = files.get(self.path.partition("?")[0])
            self._answer(404, MISSING) if found is None else self._answer(200, found)

        def do_HEAD(self):
            self._answer(200 if self.path in files else 404)

        def do_DELETE(self):
            files.pop(self.path, None)
            self._answer(204)

        def log_message(self, *_words):
            pass

        def _answer(self, status, content=b""):
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Last-Modified", formatdate(usegmt=True))
            self.end_headers()
            self.wfile.write(content)

    return Answering


def _listed(files):
    """Everything, as if it had been put just now."""
    now = utc_now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    keys = (path.partition("/kept/")[2].partition("?")[0] for path in sorted(files))
    rows = (
        f"<Contents><Key>{key}</Key><LastModified>{now}</LastModified></Contents>" for key in keys
    )
    return f"<ListBucketResult>{''.join(rows)}</ListBucketResult>".encode()


def _joined(chunked):
    """The content of chunks that each begin with their length and are followed by trailers."""
    content = b""
    while (head := CHUNK.match(chunked)) and (length := int(head[1], 16)):
        content += chunked[head.end() : head.end() + length]
        chunked = chunked[head.end() + length + 2 :]
    return content
