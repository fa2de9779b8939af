# SPDX-License-Identifier: Apache-2.0
"""Fetches sdists with pip's own session (its index, certificates, proxies) and finder, without running anybody's build script.

usage: python3 fetch-sdists.py FOLDER NAME==VERSION...

`pip download --no-binary` would run each project's build backend only to learn its metadata.
"""

import hashlib
import os
import sys

from pip._internal.commands import create_command


def main(folder, requirements):
    command = create_command("download")
    with command.main_context():
        options, _ = command.parse_args(["--no-deps", "--no-binary", ":all:"])
        options.cache_dir = None
        session = command.get_default_session(options)
        finder = command._build_package_finder(options=options, session=session)
        for requirement in requirements:
            name, version = requirement.split("==")
            link = find_sdist(finder, name, version)
            body = read(link, session)
            if link.hash_name == "sha256" and hashlib.sha256(body).hexdigest() != link.hash:
                sys.exit("%s has another SHA-256 than the registry lists" % link.filename)
            with open(os.path.join(folder, link.filename), "wb") as file:
                file.write(body)


def find_sdist(finder, name, version):
    for candidate in finder.find_all_candidates(name):
        if str(candidate.version) == version and candidate.link.filename.endswith(".tar.gz"):
            return candidate.link
    sys.exit("the registry has no sdist of %s %s" % (name, version))


def read(link, session):
    if link.is_file:
        with open(link.file_path, "rb") as file:
            return file.read()
    response = session.get(link.url_without_fragment, headers={"Accept-Encoding": "identity"})
    response.raise_for_status()
    return response.content


main(sys.argv[1], sys.argv[2:])
