#!/usr/bin/env python3
"""A member service that credits points (docs/contracts/member-service.md). Standard library only.

    ./member_service.py --port 9800 --book credits.jsonl

The book is a file, one credit a line. Yours is a table with a unique index on the key.
"""
import argparse
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MOST_ITEMS, MOST_BYTES = 500, 4 * 1024 * 1024


class Book:
    """A credit a key, for ever. What it has told as credited is on the disk."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self._file = open(path, "a+b")
        self._credits = {}
        self._file.seek(0)
        end = 0
        for line in self._file:
            # A crash may have cut the last line: nobody was told of it, so it never was.
            if not line.endswith(b"\n"):
                break
            credit = json.loads(line)
            self._credits[credit["key"]] = credit
            end += len(line)
        self._file.truncate(end)

    def credit(self, asked):
        # One lock around looking and writing: two requests with one key at the same moment are one credit.
        with self._lock:
            new, results = {}, []
            for one in asked:
                known = self._credits.get(one["key"]) or new.get(one["key"])
                if known is None and (refusal := refusal_of(one)):
                    results.append({"key": one["key"], "status": "REJECTED", **refusal})
                elif known is None:
                    number = len(self._credits) + len(new) + 1
                    new[one["key"]] = {**one, "transactionId": f"py-{number}"}
                    results.append(credited(new[one["key"]]))
                elif any(known[name] != one[name] for name in ("memberId", "amount", "currency")):
                    results.append({"key": one["key"], "status": "REJECTED", "code": "key_reused"})
                else:
                    results.append(credited(known))
            self._write(new.values())
            self._credits.update(new)
            return results

    def _write(self, credits):
        try:
            self._file.write(b"".join(json.dumps(credit).encode() + b"\n" for credit in credits))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as full:
            # Nobody knows how much of it is on the disk: no answer, and the next start reads what is.
            print(full, file=sys.stderr, flush=True)
            os._exit(1)

    def look_up(self, keys):
        with self._lock:
            found = [(key, self._credits.get(key)) for key in keys]
        return [credited(credit) if credit else {"key": key, "status": "UNKNOWN"} for key, credit in found]


def credited(credit):
    told = {name: credit[name] for name in ("key", "transactionId", "amount", "currency")}
    return {"status": "CREDITED", **told}


def refusal_of(one):
    """Your own rules: who cannot be credited, and why."""
    if one["memberId"].startswith("CLOSED-"):
        return {"code": "member_closed", "message": "The member has left"}
    return None


def credits_in(body):
    """The credits that a body asks for; ValueError where it is none of the contract."""
    asked = json.loads(body)["credits"]
    for one in asked:
        if type(one["amount"]) is not int or one["amount"] < 0:
            raise ValueError("amount is an integer")
        if not all(type(one[name]) is str for name in ("key", "memberId", "currency")):
            raise ValueError("key, memberId and currency are text")
    return asked


def keys_in(body):
    keys = json.loads(body)["keys"]
    if not all(type(key) is str for key in keys):
        raise ValueError("keys are text")
    return keys


class Handler(BaseHTTPRequestHandler):
    # Keeps connections open; HTTP/1.0, the default here, would close one after each answer.
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    book, api_key = None, None

    def do_POST(self):
        routes = {
            "/v1/point-credits/bulk": (credits_in, self.book.credit),
            "/v1/point-credits/lookup": (keys_in, self.book.look_up),
        }
        length = int(self.headers.get("Content-Length", -1))
        if not 0 <= length <= MOST_BYTES:
            self.close_connection = True
            return self.answer(413 if length > 0 else 411)
        # Read in any case, so that the next request on this connection begins where this one ends.
        body = self.rfile.read(length)
        if self.path not in routes:
            return self.answer(404)
        if self.api_key and self.headers.get("Authorization") != "Bearer " + self.api_key:
            return self.answer(401)
        read, work = routes[self.path]
        try:
            asked = read(body)
        except (ValueError, KeyError, TypeError):
            return self.answer(400)
        if len(asked) > MOST_ITEMS:
            return self.answer(413)
        return self.answer(200, {"results": work(asked)})

    def answer(self, status, document=None):
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """One line a call would be most of what this program does."""


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--port", type=int, default=9800)
    arguments.add_argument("--book", default="credits.jsonl")
    arguments.add_argument("--api-key", help="what callers must send as Authorization: Bearer …")
    told = arguments.parse_args()
    Handler.book, Handler.api_key = Book(told.book), told.api_key
    server = ThreadingHTTPServer(("127.0.0.1", told.port), Handler)
    print(f"Member service on http://127.0.0.1:{server.server_port}, book {told.book}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
