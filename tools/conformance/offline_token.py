# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin for sigstore-conformance without a network: an unsigned token where the suite fetches the public test token.

The verification tests only take the token apart; the signing tests, which present it, are skipped.
"""

import base64
import json

import urllib3

CLAIMS = {"email": "nobody@example.test", "iss": "https://issuer.example", "exp": 4102444800}


def _part(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


class _Answer:
    data = f"{_part({'alg': 'none'})}.{_part(CLAIMS)}.".encode()


urllib3.request = lambda *args, **kwargs: _Answer()
