#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Applies transcripts from standard input, one a line, and says where another outcome or map comes out. For tests only.

The last line tells how many there were; every line before it is a difference.
"""

import json
import sys

import check_vectors

import countermark_ledger as cl


def main():
    transcripts, leaves = 0, 0
    for line in sys.stdin:
        transcript = json.loads(line)
        transcripts += 1
        leaves += len(transcript["steps"])
        found = first_difference(transcript)
        if found is not None:
            print(json.dumps({"name": transcript["name"], **found}), flush=True)
    print(json.dumps({"transcripts": transcripts, "leaves": leaves}))


def first_difference(transcript):
    ledger = check_vectors.begin(transcript.get("previous"))
    for at, step in enumerate(transcript["steps"]):
        outcome = ledger.apply(bytes.fromhex(step["leaf"])).word
        commitment = ledger.commitment().hex()
        if (outcome, commitment) != (step["outcome"], step["map"]):
            return {"at": at, "python": [outcome, commitment], "typescript": [step["outcome"], step["map"]], "leaf": step["leaf"]}
    return None


if __name__ == "__main__":
    main()
