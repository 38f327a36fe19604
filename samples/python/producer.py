#!/usr/bin/env python3
"""Tells EventSettlement which studies are over: reads them from a CSV, as your service would from its database, and
sends them as facts (docs/contracts/facts.md). Standard library only.

    EVENTSETTLEMENT_API=http://127.0.0.1:8080 EVENTSETTLEMENT_KEY=sk_… ./producer.py ../studies.csv

It may be stopped at any moment and run again: a fact that is sent twice counts once.
"""
import csv
import hashlib
import itertools
import json
import os
import sys
import time
import urllib.error
import urllib.request

MOST_LINES, MOST_BYTES = 1000, 1024 * 1024
PAUSES = (1, 2, 4, 8, 16, 32)  # seconds before a request is sent again


def facts_of(path):
    """One fact a study; the rows of a study stand together."""
    with open(path, newline="", encoding="utf-8") as file:
        for study_id, rows in itertools.groupby(csv.DictReader(file), key=lambda row: row["study_id"]):
            rows = list(rows)
            yield {
                "studyId": study_id,
                "completedAt": rows[0]["completed_at"],
                "currency": "KRW",
                "depositPerMember": int(rows[0]["deposit"]),
                "penaltyPerAbsence": int(rows[0]["penalty"]),
                "participants": [{"memberId": row["member_id"], "absences": int(row["absences"])} for row in rows],
            }


def requests_of(facts):
    """NDJSON bodies, none larger than a request may be."""
    lines, size = [], 0
    for fact in facts:
        line = json.dumps(fact, ensure_ascii=False).encode() + b"\n"
        if lines and (len(lines) == MOST_LINES or size + len(line) > MOST_BYTES):
            yield b"".join(lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    if lines:
        yield b"".join(lines)


def send(body):
    """How many facts were taken. The key comes from the body: the same body is the same request, also tomorrow."""
    request = urllib.request.Request(
        os.environ["EVENTSETTLEMENT_API"] + "/v1/events/study-completed",
        data=body,
        headers={
            "Authorization": "Bearer " + os.environ["EVENTSETTLEMENT_KEY"],
            "Content-Type": "application/x-ndjson",
            "Idempotency-Key": hashlib.sha256(body).hexdigest(),
        },
    )
    for pause in (*PAUSES, None):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["accepted"]
        except urllib.error.HTTPError as refused:
            problem = refused.read().decode()
            passing = refused.code == 429 or refused.code >= 500 or "idempotency_in_progress" in problem
            told = f"{refused.code} {problem}"
        except OSError as lost:
            # No answer says nothing about whether it was taken: the same request again, under the same key.
            passing, told = True, str(lost)
        if not passing or pause is None:
            sys.exit(f"Not taken: {told}")
        print(f"Again in {pause} s: {told}", file=sys.stderr)
        time.sleep(pause)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not {"EVENTSETTLEMENT_API", "EVENTSETTLEMENT_KEY"} <= os.environ.keys():
        sys.exit(__doc__)
    print(sum(send(body) for body in requests_of(facts_of(sys.argv[1]))), "facts accepted")
