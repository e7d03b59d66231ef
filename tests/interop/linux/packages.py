"""Debian packages as files: found and fetched by apt, read by dpkg-deb. None of them is installed."""

import contextlib
import os
import re
import shlex
import subprocess
import tarfile
import tempfile
from pathlib import Path


class Failure(Exception):
    """Something to tell the user."""


def output_of(*command):
    try:
        return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True).stdout
    except FileNotFoundError:
        raise Failure(f"{command[0]} is not installed") from None
    except subprocess.CalledProcessError as error:
        raise Failure(f"{shlex.join(command)} failed:\n{error.stderr.strip()}") from None


def dependencies(package):
    """What a package depends on directly, first alternatives only."""
    no = [f"--no-{what}" for what in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")]
    lines = output_of("apt-cache", "depends", *no, package).splitlines()
    return [m.group(1) for m in (re.match(r"\s+\|?(?:Pre)?Depends: ([^<\s]+)$", line) for line in lines) if m]


def with_libraries(packages):
    """The packages and all libraries that they need, in the order in which they were met."""
    todo, wanted = list(packages), []
    while todo:
        package = todo.pop(0)
        if package not in wanted:
            wanted.append(package)
            todo += [d for d in dependencies(package) if re.match(r"lib|zlib1g", d)]
    return wanted


def kernel(meta):
    """The package that a package like linux-image-amd64 stands for today."""
    found = [p for p in dependencies(meta) if re.match(r"linux-image-\d", p)]
    if not found:
        raise Failure(f"apt knows no {meta}; `apt-get update` brings the lists up to date")
    return found[0]


def fetch(packages, folder):
    """Downloads what is not in the folder yet; {package: path}."""
    folder.mkdir(parents=True, exist_ok=True)
    uris = output_of("apt-get", "download", "--print-uris", *packages).splitlines()
    names = {line.split()[1].partition("_")[0]: line.split()[1] for line in uris if line.startswith("'")}
    if set(names) != set(packages):
        raise Failure(f"apt-get names {sorted(names)}, not {sorted(packages)}")
    files = {package: folder / names[package] for package in packages}
    missing = [p for p in packages if not files[p].exists()]
    if missing:
        print(f"linux: downloading {len(missing)} packages", flush=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            subprocess.run(["apt-get", "download", "-q", *missing], cwd=scratch, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, check=False)
            for package in missing:
                got = Path(scratch) / files[package].name
                if not got.exists():
                    raise Failure(f"apt-get download {package} brought no {got.name}")
                os.replace(got, files[package])
    return files


@contextlib.contextmanager
def opened(deb):
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as child:
        with tarfile.open(fileobj=child.stdout, mode="r|") as archive:
            yield archive
    if child.returncode:
        raise Failure(f"dpkg-deb could not read {deb}")


def members(deb, wanted):
    """(path, TarInfo, octets) of each member whose path wanted() takes."""
    with opened(deb) as archive:
        for info in archive:
            path = info.name[1:] if info.name.startswith(".") else info.name
            if wanted(path):
                yield path, info, archive.extractfile(info).read() if info.isreg() else b""
