"""A bucket that speaks as much S3 as is used here, over HTTP on loopback."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MISSING = b"<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>"
CHUNK = re.compile(rb"\A([0-9a-f]+)(?:;[^\r\n]*)?\r\n")


class SmallBucket:
    """`with SmallBucket() as address:` serves one bucket that is empty at first."""

    def __init__(self):
        self.files = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering_from(self.files))
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self):
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_error):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _answering_from(files):
    class Answering(BaseHTTPRequestHandler):
        def do_PUT(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            is_chunked = "aws-chunked" in self.headers.get("Content-Encoding", "")
            files[self.path] = _joined(content) if is_chunked else content
            self._answer(200)

        def do_GET(self):
            found = files.get(self.path.partition("?")[0])
            self._answer(404, MISSING) if found is None else self._answer(200, found)

        def do_DELETE(self):
            files.pop(self.path, None)
            self._answer(204)

        def log_message(self, *_words):
            pass

        def _answer(self, status, content=b""):
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Answering


def _joined(chunked):
    """The content of chunks that each begin with their length and are followed by trailers."""
    content = b""
    while (head := CHUNK.match(chunked)) and (length := int(head[1], 16)):
        content += chunked[head.end() : head.end() + length]
        chunked = chunked[head.end() + length + 2 :]
    return content
