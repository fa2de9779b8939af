#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vectors/sigstore/ through sigstore-python (pip install sigstore), to compare: what it accepts although it must not.

    python3 interop/check_sigstore_python.py vectors/

It has no bare keys, no thresholds of two and no cosigners, so vectors of those are not asked; the subjects of a statement are its
caller's to compare.
"""

import json
import logging
import os
import sys
import tempfile

from sigstore.hashes import Hashed
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier, policy
from sigstore_models.common.v1 import HashAlgorithm

FILES = ["bundles", "certificates", "demands", "keys", "logs", "rekor-v1", "timestamps"]


def is_asked(vector):
    asked = vector["verify"]
    return (
        "mistake" not in vector["expect"]
        and asked["cosigners"] is None
        and asked["signer"]["kind"] != "key"
        and max(asked["thresholds"].values()) == 1
        and ("bytes" in asked["artifact"] or "sha256" in asked["artifact"])
    )


def verify(vector, file):
    asked, root, bundle = vector["verify"], vector["trustedRoot"], vector.get("bundle")
    root = file["trustedRoots"][root] if isinstance(root, str) else root
    bundle = file["bundles"][bundle] if isinstance(bundle, str) else bundle
    text = vector.get("bundleText") or json.dumps(bundle)
    signer = asked["signer"]
    is_any = signer["kind"] == "any-identity"
    who = policy.UnsafeNoOp() if is_any else policy.Identity(identity=signer["name"], issuer=signer["issuer"])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trusted_root.json")
        with open(path, "w", encoding="utf-8") as out:
            json.dump(root, out)
        verifier = Verifier(trusted_root=TrustedRoot.from_file(path))
    parsed = Bundle.from_json(text)
    if "dsseEnvelope" in json.loads(text):
        verifier.verify_dsse(parsed, who)
    elif "bytes" in asked["artifact"]:
        verifier.verify_artifact(bytes.fromhex(asked["artifact"]["bytes"]), parsed, who)
    else:
        digest = bytes.fromhex(asked["artifact"]["sha256"])
        verifier.verify_artifact(Hashed(algorithm=HashAlgorithm.SHA2_256, digest=digest), parsed, who)


def main(folder):
    logging.disable(logging.CRITICAL)
    good, bad, refused, accepted = 0, 0, [], []
    for name in FILES:
        with open(os.path.join(folder, "sigstore", name + ".json"), encoding="utf-8") as source:
            file = json.load(source)
        for vector in filter(is_asked, file["cases"]):
            is_good = "refused" not in vector["expect"]
            good, bad = good + is_good, bad + (not is_good)
            try:
                verify(vector, file)
            except Exception as error:  # noqa: BLE001: it raises whatever its libraries do
                if is_good:
                    refused.append("%s: %s: %s" % (name, vector["name"], error))
            else:
                if not is_good:
                    accepted.append("%s: %s" % (name, vector["name"]))
    print("\n".join(["refused though good:", *refused, "", "accepted though wrong:", *accepted, ""]))
    print("%d good, %d refused; %d wrong, %d accepted" % (good, len(refused), bad, len(accepted)))


if __name__ == "__main__":
    main(sys.argv[1])
