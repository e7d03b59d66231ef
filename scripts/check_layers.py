#!/usr/bin/env python3
"""Who may look at whom: holds the #include lines of the tree to the table of the design.

Three rules: what a file reaches, directly or through headers, lies in the folders of its row; across the folders
of src/ only the front door <folder>/<folder>.h is named (base and spec are open); src/ and include/ble name no libc
header that a bare chip lacks. --self-test builds bad trees and expects each to be refused.
"""

import re
import sys
import tempfile
from pathlib import Path

PUBLIC = "include/ble"
HOST_FOLDERS = ["hci", "l2cap", "att", "gatt", "smp", "gap"]
ANYTHING = None

# folder: what it may reach besides itself. Spelled out: a permission is not inherited.
ALLOWED = {
    PUBLIC: [],
    "src/base": [],
    "src/spec": ["src/base"],
    "src/crypto": ["src/base", PUBLIC],
    "src/trace": ["src/base", "src/spec", PUBLIC],
    "src/hci": ["src/base", "src/spec", "src/trace", PUBLIC],
    "src/l2cap": ["src/base", "src/spec", "src/trace", PUBLIC, "src/hci"],
    "src/att": ["src/base", "src/spec", "src/trace", PUBLIC, "src/l2cap"],
    "src/gatt": ["src/base", "src/spec", "src/trace", PUBLIC, "src/att", "src/crypto"],
    "src/smp": ["src/base", "src/spec", "src/trace", PUBLIC, "src/l2cap", "src/crypto"],
    "src/gap": ["src/base", "src/spec", "src/trace", PUBLIC, "src/hci", "src/l2cap", "src/crypto"],
    "src/host": ["src/base", "src/spec", "src/trace", "src/crypto", PUBLIC] + [f"src/{f}" for f in HOST_FOLDERS],
    "src/module": ["src/base", "src/spec", PUBLIC],
    "src/ll": ["src/base", "src/spec", "src/trace", "src/crypto", PUBLIC],
    "sim": ["src/base", PUBLIC],
    "drivers": [PUBLIC],
    "ports": [PUBLIC],
    "python": [PUBLIC],
    "examples": [PUBLIC],
    "tools": [PUBLIC, "src/base", "src/spec", "src/crypto"],  # crypto: what decode opens
    "tests": ANYTHING,
    "bench": ANYTHING,
}
OPEN = {"src/base", "src/spec"}  # any of their headers may be named from outside
LIBC = {
    "src": {"stdint.h", "stddef.h", "stdbool.h", "string.h", "stdatomic.h"},
    "include": {"stdint.h", "stddef.h", "stdbool.h", "stdarg.h", "stdatomic.h"},
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def folder_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] in ("src", "include") else parts[0]


class Tree:
    def __init__(self, root):
        self.root = Path(root)
        self.includes = {}

    def files(self):
        for top in sorted({name.split("/")[0] for name in ALLOWED}):
            for path in sorted((self.root / top).rglob("*")):
                if path.suffix in (".c", ".h", ".def", ".inc"):
                    yield path.relative_to(self.root).as_posix()

    def resolve(self, file, name, quoted):
        places = [Path(file).parent.as_posix()] if quoted else []
        for place in places + ["include", "src", "."]:
            path = (self.root / place / name).resolve()
            if path.is_file() and path.is_relative_to(self.root.resolve()):
                return path.relative_to(self.root.resolve()).as_posix()
        return None

    def included(self, file):
        """[(name as written, file of the tree or None, written with quotes)]"""
        if file not in self.includes:
            text = COMMENT.sub("", (self.root / file).read_text(errors="replace"))
            found = []
            for m in INCLUDE.finditer(text):
                name, quoted = m.group(1) or m.group(2), m.group(1) is not None
                found.append((name, self.resolve(file, name, quoted), quoted))
            self.includes[file] = found
        return self.includes[file]


def check_direct(tree, file):
    home = folder_of(file)
    libc = LIBC.get(file.split("/")[0])
    for name, target, quoted in tree.included(file):
        if target is None:
            if quoted and home not in ("python",):
                yield f'{file}: includes "{name}", which is no file of this tree'
            elif libc is not None and name not in libc:
                yield f"{file}: includes <{name}>; a chip has only {', '.join(sorted(libc))}"
            continue
        other = folder_of(target)
        inside = file.startswith("src/") and target.startswith("src/") and other != home
        if inside and other not in OPEN and target != f"{other}/{other.split('/')[1]}.h":
            yield f"{file}: includes {name}; from outside {other} only its front door {other.split('/')[1]}.h is named"


def check_reach(tree, file):
    home = folder_of(file)
    allowed = ALLOWED.get(home)
    if allowed is ANYTHING:
        return
    seen, stack = {file}, [(file, [file])]
    while stack:
        at, way = stack.pop()
        for _, target, _ in tree.included(at):
            if target is None or target in seen:
                continue
            seen.add(target)
            other = folder_of(target)
            if other != home and other not in allowed:
                yield f"{' -> '.join(way + [target])}: {home} may not look at {other}"
            else:
                stack.append((target, way + [target]))


def check(root):
    tree = Tree(root)
    problems, count = [], 0
    for file in tree.files():
        count += 1
        if folder_of(file) not in ALLOWED:
            problems.append(f"{file}: {folder_of(file)} has no row in the table of scripts/check_layers.py")
            continue
        problems += check_direct(tree, file)
        problems += check_reach(tree, file)
    return problems, count


GOOD = {
    "include/ble/err.h": "#include <stdint.h>\n",
    "src/base/rd.h": "#include <string.h>\n",
    "src/spec/att_pdu.h": '#include "base/rd.h"\n',
    "src/l2cap/l2cap.h": '#include <ble/err.h>\n#include "l2cap/inner.h"\n',
    "src/l2cap/inner.h": "",
    "src/att/att.h": "",
    "src/att/att.c": '#include "att/att.h"\n#include "l2cap/l2cap.h"\n#include "spec/att_pdu.h"\n/* #include <stdio.h> */\n',
    "src/hci/hci.h": "",
    "src/ll/ll.c": "#include <stdatomic.h>\n",
    "drivers/h4.c": "#include <stdio.h>\n#include <ble/err.h>\n",
    "tests/unit/att/test_att.c": '#include "att/att.h"\n#include "ll/ll.c"\n',
}
BAD = {
    "upward": ({"src/base/rd.h": '#include "spec/att_pdu.h"\n'}, "src/base may not look at src/spec"),
    "sideways": ({"src/ll/ll.c": '#include "hci/hci.h"\n'}, "src/ll may not look at src/hci"),
    "through a header": ({"src/l2cap/l2cap.h": '#include "hci/hci.h"\n'}, "src/att may not look at src/hci"),
    "back door": ({"src/att/att.c": '#include "l2cap/inner.h"\n'}, "front door"),
    "libc": ({"src/ll/ll.c": "#include <stdlib.h>\n"}, "<stdlib.h>"),
    "libc in a public header": ({"include/ble/err.h": "#include <stdio.h>\n"}, "<stdio.h>"),
    "driver inside": ({"drivers/h4.c": '#include "base/rd.h"\n'}, "drivers may not look at src/base"),
    "path with dots": ({"src/ll/ll.c": '#include "../hci/hci.h"\n'}, "src/ll may not look at src/hci"),
    "missing": ({"src/ll/ll.c": '#include "ll/nothing.h"\n'}, "no file of this tree"),
    "unknown folder": ({"src/extra/x.c": ""}, "no row"),
}


def self_test():
    failed = 0
    for name, (changes, expected) in {"good tree": ({}, None), **BAD}.items():
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**GOOD, **changes}.items():
                (Path(root) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(root) / path).write_text(text)
            problems, _ = check(root)
        right = not problems if expected is None else any(expected in p for p in problems)
        if not right:
            failed += 1
            print(f"self-test: {name}: expected {expected or 'no complaint'}, got {problems or 'none'}")
    print(f"check_layers --self-test: {len(BAD) + 1 - failed} passed, {failed} failed")
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    root = Path(__file__).resolve().parent.parent
    problems, count = check(root)
    for line in sorted(set(problems)):
        print(line)
    print(f"check_layers: {count} files, {len(set(problems))} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
