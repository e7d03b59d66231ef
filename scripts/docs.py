#!/usr/bin/env python3
"""The reference of include/ble in HTML, by Doxygen: build/docs/index.html. What has no comment is a failure.

    scripts/docs.py            makes it; one pass or failure a header, and a line for each thing that lacks a comment
    scripts/docs.py HEADER     the header as Doxygen reads it, on standard output (INPUT_FILTER in docs/API/Doxyfile)

The headers have plain comments, and keep them. The filter knows what each is of:
  * the first one describes the header, which becomes a page below its topic (TOPICS);
  * one above a declaration is of that, and of those that follow with no comment and no empty line between;
  * one behind a declaration is of all that its line declares;
  * one with an empty line below it goes on with the description of the header.
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
    "module": ("ble.h", "server.h", "beacon.h"),
    "host": ("host.h", "adv.h", "scan.h", "conn.h", "client.h"),
    "common": ("types.h", "err.h"),
    "air": ("sim.h", "controller.h"),
    "seams": ("transport.h", "h4.h", "radio.h", "platform.h", "trace.h", "posix.h"),
}
TOPIC_OF = {header: topic for topic, headers in TOPICS.items() for header in headers}

NOTHING = "&#160;"  # the comment of what needs none
ROW = re.compile(r'X\((\w+), (\d+), "(.*?)"\)')  # of BLE_ERR_MAP
DROPPED = re.compile(r"\s*#\s*(define BLE_\w+_H|(define|undef) BLE_ERR_ENUM\b.*)$")
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
    """One header on its way through the filter."""

    def __init__(self, path):
        self.name = path.name
        self.group = path.stem + "_h"
        self.rows = ROW.findall(path.read_text())
        self.pieces = list(pieces(path.read_text()))
        self.above = None      # the comment that holds for the next declaration
        self.begins = True     # the next line of code begins a declaration
        self.enums = []        # for each open brace: is it an enum's?
        self.out = []

    def introduce(self, words):
        title = re.split(r"[:.(,]", words)[0].strip()
        topic = TOPIC_OF.get(self.name, f"\\no_topic_for_{self.group}")
        self.out.append(f"/** @file */ /** @defgroup {self.group} {self.name}: {title}\n@ingroup {topic}\n"
                        f"{marked_up(words)} */ /** @{{ */")

    def comment(self, words, followed_by_blank):
        if re.fullmatch(r"-+ .* -+", words):
            words = words.strip("- ")
            self.out.append(f"/** @addtogroup {self.group}\n@par {words}\n */")
        elif followed_by_blank:
            self.out.append(f"/** @addtogroup {self.group}\n\n{marked_up(words)} */")
        else:
            self.above = words
            self.out.append(doc(words))

    def list_of_errors(self):
        for name, number, words in self.rows:
            self.out.append(f"\t{doc(words)} BLE_E{name} = -{number},")

    def describe(self, code, behind):
        """The comment that has to stand before a line that begins a declaration; "" if there is one."""
        if behind:
            return doc(behind) + " "
        if self.out and self.out[-1].endswith("*/") and self.above:
            return ""
        if self.above:
            return doc(self.above).replace("\n", " ") + " "
        inner = self.enums and not code.strip().startswith(("struct {", "union {"))
        return doc(NOTHING) .replace("&amp;", "&") + " " if inner else ""

    def code(self, code, behind):
        stripped = code.strip()
        if not stripped or DROPPED.match(code) or stripped.startswith(("#if", "#else", "#endif", "#include", "extern \"C\"")):
            self.out.append("" if DROPPED.match(code) else code)
            self.above = None if not stripped else self.above
            return
        if "BLE_ERR_MAP(BLE_ERR_ENUM)" in code:
            self.list_of_errors()
            return
        closes = stripped.startswith("}")
        if closes and self.enums:
            self.enums.pop()
            self.above = None
        starts = self.begins and not (closes and stripped in ("};", "}"))
        one_line = ONE_LINE_ENUM.match(code)
        prefix = self.describe(code, behind) if starts else ""
        if one_line:
            values = [f"{value} /**< {NOTHING} */" for value in one_line[2].split(", ")]
            values = [re.sub(r"^(.*?) (/\*\*.*)$", r"\1, \2", value) for value in values]
            code = one_line[1] + " ".join(values) + one_line[3]
        self.out.append(prefix + code)
        if stripped.endswith("{") and not one_line:
            self.enums.append(stripped.startswith("enum"))
            self.above = None
        macro_goes_on = stripped.endswith("\\")
        in_enum = self.enums and self.enums[-1]
        self.begins = not macro_goes_on and (stripped.endswith((";", "{", "}")) or stripped.startswith("#")
                                             or bool(in_enum) or self.is_end_of_macro())

    def is_end_of_macro(self):
        return len(self.out) > 1 and self.out[-2].rstrip().endswith("\\")

    def filtered(self):
        first = True
        for i, (code, words) in enumerate(self.pieces):
            if words is not None and not code:
                if first:
                    self.introduce(words)
                    first = False
                    continue
                after = self.pieces[i + 1] if i + 1 < len(self.pieces) else ("", None)
                self.comment(words, not after[0] and after[1] is None)
            else:
                self.code(code, words)
        return "\n".join(self.out) + "\n/** @} */\n"


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
    print("\n".join(complaints))
    headers = sorted(path.name for path in (ROOT / "include/ble").glob("*.h"))
    bad = [name for name in headers if any(f"include/ble/{name}:" in line for line in complaints)]
    failed = len(bad) or int(bool(complaints) or run.returncode != 0)
    print(f"{OUTPUT.relative_to(ROOT)}/index.html: {len(headers)} headers, {len(complaints)} complaints")
    print(f"{len(headers) - len(bad)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
