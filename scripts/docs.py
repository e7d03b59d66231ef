#!/usr/bin/env python3
"""The reference of include/ble in HTML, by Doxygen: build/docs/index.html. What has no comment is a failure.

    scripts/docs.py            makes it; one pass or failure a header, and a line for each thing that lacks a comment
    scripts/docs.py HEADER     the header as Doxygen reads it, on standard output (FILTER_PATTERNS in docs/API/Doxyfile)

The headers have plain comments, and keep them. The filter knows what each is of:
  * the first one describes the header, which becomes a page below its topic (TOPICS);
  * one above a declaration is of that, and of those that follow with no comment and no empty line between;
  * one behind a declaration is of all that its line declares;
  * one with an empty line below it goes on with the description of the header; `---- words ----` begins a section.
A member or an enumerator may be without: then it is what its name says, and the comment of its struct or enum.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "build/docs"
TOPICS = {  # docs/API/main.md describes them
    "module": ("ble.h", "server.h", "ad.h", "beacon.h"),
    "host": ("host.h", "adv.h", "scan.h", "conn.h", "client.h", "accept.h", "levels.h", "bond.h", "privacy.h"),
    "common": ("types.h", "err.h"),
    "air": ("sim.h", "controller.h"),
    "seams": ("transport.h", "h4.h", "radio.h", "platform.h", "crypto.h", "trace.h", "posix.h"),
}
TOPIC_OF = {header: topic for topic, headers in TOPICS.items() for header in headers}

NOTHING = "&nbsp;"  # the comment of what needs none
ROW = re.compile(r'X\((\w+), (\d+), "(.*?)"\)')  # of BLE_ERR_MAP
DROPPED = re.compile(r"\s*#\s*(define BLE_\w+_H|(define|undef) BLE_ERR_ENUM\b.*)$")
NO_DECLARATION = re.compile(r'\s*(#\s*(if|else|endif|include)|extern "C"|\}$)')
FINISHED = (";", "{", "}")
TWO_LINES = re.compile(r"^(extern BLE_API [^;()]*,)\n\s*([^;()]*;)$", re.M)
SEVERAL = re.compile(r"^(\s*(?:extern BLE_API )?(?:const )?(?:struct )?\w+ )(\w+(?:, \w+)+);$")
HEADING = re.compile(r"-+ (.*) -+")
ONE_LINE_ENUM = re.compile(r"^(\s*enum \w+ \{ )(.*)( \};)$")


def words_of(comment):
    """What stands between the marks, without the stars on the left."""
    inside = comment.strip()[2:-2]
    return "\n".join(re.sub(r"^\s*\* ?", "", line).rstrip() for line in inside.split("\n")).strip("\n ")


def quoted(text):
    """Without what Doxygen would take for a command, a link, HTML or emphasis; code spans are left alone."""
    spans = re.split(r"(`[^`]*`)", text)
    for i in range(0, len(spans), 2):
        spans[i] = spans[i].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        spans[i] = re.sub(r"[@\\#%*]", lambda m: "\\" + m[0], spans[i])
    return "".join(spans)


def marked_up(words):
    """Paragraphs quoted; indented lines as code; `name: what it does` as a paragraph of its own."""
    out, code = [], False
    for line in words.split("\n"):
        is_code = line.startswith(("\t", "   ")) or (code and not line)
        if is_code != code:
            out.append("@code{.c}" if is_code else "@endcode")
            code = is_code
        if not code and out and out[-1].endswith(".") and re.match(r"\w+: ", line):
            out.append("")
        out.append(line if code else quoted(line))
    return "\n".join(out + ["@endcode"] * code)


def doc(words):
    return f"/** {marked_up(words)} */"


def pieces(text):
    """(code, comment) in order: a line with the comment behind it, or a comment alone (code ""); either may be None."""
    lines = iter(text.split("\n"))
    for line in lines:
        at = line.find("/*")
        if at < 0 or line.lstrip().startswith("#if"):
            yield line, None
            continue
        code, comment = line[:at].rstrip(), line[at:]
        while "*/" not in comment:
            comment += "\n" + next(lines)
        end = comment.index("*/") + 2
        if comment[end:].strip():  # code behind it: it is no documentation
            yield line, None
        else:
            yield code, words_of(comment)


class Header:
    """One header on its way through the filter; nearly line for line, so that complaints name about the right ones."""

    def __init__(self, path):
        text = TWO_LINES.sub(r"\1 \2\n", path.read_text())
        self.name, self.group = path.name, path.stem + "_h"
        self.errors = ROW.findall(text)
        self.pieces = list(pieces(text))
        self.out = []
        self.above = None   # the comment that holds for the next declaration
        self.fresh = False  # it has just been written
        self.outer = []     # (comment that held before it, is it an enum's) of each open brace
        self.section = ""   # what opened the section that is open
        self.unfinished = False  # the next line of code goes on with the one before

    def filtered(self):
        for i, (code, words) in enumerate(self.pieces):
            if words is None or code:
                self.on_code(code, words)
            elif not self.out:
                self.introduce(words)
            else:
                self.on_comment(words, i + 1 == len(self.pieces) or self.pieces[i + 1] == ("", None))
        return "\n".join(self.out) + "\n/** @} */" * (1 + bool(self.section)) + "\n"

    def introduce(self, words):
        title = re.split(r"[:.(,]", words)[0]
        topic = TOPIC_OF.get(self.name, "common")  # make() complains of one without
        self.out.append(f"/** @file */ /** @defgroup {self.group} {self.name}: {title}\n@ingroup {topic}\n"
                        f"{marked_up(words)} */ /** @{{ */")

    def on_comment(self, words, stands_alone):
        if heading := HEADING.fullmatch(words):
            self.out.append("/** @} */ " * bool(self.section))
            self.section = f"/** @name {heading[1]} */ /** @{{ */"
            self.out[-1] += self.section
        elif stands_alone:
            opened = 1 + bool(self.section)
            self.out.append("/** @} */ " * opened + f"/** @addtogroup {self.group}\n\n{marked_up(words)}\n*/ /** @{{ */ "
                            + self.section)
        else:
            self.above, self.fresh = words, True
            self.out.append(doc(words))

    def on_code(self, code, behind):
        stripped = code.strip()
        if DROPPED.match(code):
            self.out.append("")
        elif not stripped or NO_DECLARATION.match(code):
            self.above = self.above if stripped else None
            self.out.append(code)
        elif "BLE_ERR_MAP(BLE_ERR_ENUM)" in code:
            self.out.append(" ".join(f"{doc(words)} BLE_E{name} = -{number}," for name, number, words in self.errors))
        else:
            self.on_declaration(code, stripped, behind)
        self.fresh = False

    def on_declaration(self, code, stripped, behind):
        if stripped.startswith("}"):
            self.above = self.outer.pop()[0]
        begins = not self.unfinished and stripped != "};"
        if one_line := ONE_LINE_ENUM.match(code):
            values = " ".join(f"{value}, /**< {NOTHING} */" for value in one_line[2].split(", "))
            code = one_line[1] + values + one_line[3]
        prefix = self.described(behind) if begins else ""
        if several := SEVERAL.match(code):
            again = prefix or doc(self.above).replace("\n", " ") + " "
            code = f"; {again}".join(several[1] + name for name in several[2].split(", ")) + ";"
        self.out.append(prefix + code)
        in_enum = bool(self.outer) and self.outer[-1][1]
        self.unfinished = not stripped.endswith(FINISHED + (",",) * in_enum) and not stripped.startswith("#") or \
            stripped.endswith("\\")
        if stripped.endswith("{"):
            self.outer.append((behind or self.above, stripped.startswith("enum")))
            self.above = None

    def described(self, behind):
        """The comment that goes in front of a declaration; "" if it is there, or missing."""
        if behind:
            if self.fresh:  # two comments: the one above is a heading over several
                self.out[-1] = "\n" * self.out[-1].count("\n")
            self.above = None
            return doc(behind) + " "
        if self.above:
            return "" if self.fresh else doc(self.above).replace("\n", " ") + " "
        return f"/** {NOTHING} */ " if self.outer else ""


def main():
    if len(sys.argv) == 2 and sys.argv[1].endswith(".h"):
        sys.stdout.write(Header(Path(sys.argv[1])).filtered())
        return 0
    if not sys.argv[1:]:
        return make()
    print(__doc__.strip())
    return 2


def make():
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    run = subprocess.run(["doxygen", "docs/API/Doxyfile"], cwd=ROOT, text=True, stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaints = [line for line in run.stderr.replace(f"{ROOT}/", "").splitlines() if line.strip()]
    headers = sorted(path.name for path in (ROOT / "include/ble").glob("*.h"))
    complaints += [f"include/ble/{name}:1: no topic in TOPICS of scripts/docs.py" for name in headers
                   if name not in TOPIC_OF]
    for line in complaints:
        print(line)
    bad = [name for name in headers if any(f"include/ble/{name}:" in line for line in complaints)]
    failed = len(bad) or int(bool(complaints) or run.returncode != 0)
    print(f"{OUTPUT.relative_to(ROOT)}/index.html: {len(headers)} headers, {len(complaints)} complaints")
    print(f"{len(headers) - len(bad)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
