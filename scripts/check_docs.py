#!/usr/bin/env python3
"""Documents speak of things that exist: README.md, docs/*.md, docs/API/*.md and docs/adr/*.md against the tree.

In a code span or a code block
  * a file (`src/ll/adv.c`, or its bare name) must exist;
  * a function (`ll_adv_isr()`) must be defined somewhere, and in a table's row that names C files, in one of them;
  * a public name (ble_..., BLE_...) must be in the tree.
A link [text](FILE.md) must lead to a file, and @ref NAME_h to include/ble/NAME.h. A block of C with a main() must
compile, without a warning. Each example has less than 120 lines, a test, and a row in README.md.

    scripts/check_docs.py [DOCUMENT ...]
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE_LINES = 120
SOURCES = (".c", ".h", ".def", ".py")
FILE = re.compile(r"(?<![\w./<*-])(?:[\w.-]+/)*[\w-]+\.(?:c|h|def|py|cmake|sh)\b(?![/*])")
FUNCTION = re.compile(r"(?<![\w.])([a-z_][a-z0-9_]*)\(\)")
PUBLIC = re.compile(r"\b(?:ble_[a-z0-9_]+|BLE_[A-Z0-9_]+)\b(?!\*)")
PROGRAM = re.compile(r"```c\n(.*?)```\n", re.S)
COMPILER = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-Iinclude", "-x", "c", "-"]
LINK = re.compile(r"\]\(([^)#:]+)\)")
REFERENCE = re.compile(r"@ref (\w+)_h\b")
FOLDERS = ("docs", "docs/API", "docs/adr")


def tree():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True, check=True,
                            stdout=subprocess.PIPE).stdout.split("\n")
    return [name for name in listed if name and (ROOT / name).is_file()]


class Tree:
    def __init__(self):
        self.files = tree()
        self.names = {Path(f).name for f in self.files}
        self.text = {f: (ROOT / f).read_text(errors="replace") for f in self.files if f.endswith(SOURCES)}
        self.words = set()
        self.functions = {}
        for name, text in self.text.items():
            self.words.update(re.findall(r"\b(?:ble_|BLE_)\w+", text))
            # A definition, a declaration or a member that is a pointer to a function; a call looks the same as the first.
            for function in re.findall(r"\b([a-z_][a-z0-9_]*)\)?\s*\(", text):
                self.functions.setdefault(function, set()).add(name)

    def find(self, name):
        """The file of the tree that is meant, or None."""
        for path in (name, "include/" + name):
            if path in self.files:
                return path
        return name if "/" not in name and name in self.names else None


def code(text):
    """(line number, line, its code spans); all of a line inside a block of code, none outside of C in one."""
    block = None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            block = None if block is not None else line[3:]
        elif block is not None:
            yield number, line, [line] if block == "c" else []
        elif not line.startswith("    "):
            yield number, line, re.findall(r"`([^`]+)`", line)


def defines(tree_, path, function):
    """A definition or declaration: not only a call, which is indented and ends in a semicolon or stands in an `if`."""
    pattern = rf"^(?!\s*(?:return|if|while|for)\b)[^\n;{{}}]*\b{function}\)?\s*\("
    return any(not line.startswith(("\t\t", "\tif", "\treturn")) and re.search(pattern, line)
               for line in tree_.text[path].split("\n"))


def check_spans(tree_, line, spans, say):
    files = []
    for span in spans:
        for name in FILE.findall(span):
            path = tree_.find(name)
            if not path:
                say(f"no file {name}")
            elif path.endswith((".c", ".h")) and path in tree_.text:
                files.append(path)
        for name in PUBLIC.findall(span):
            if name not in tree_.words:
                say(f"nothing is called {name}")
    for function in (name for span in spans for name in FUNCTION.findall(span)):
        homes = [f for f in tree_.functions.get(function, ()) if defines(tree_, f, function)]
        public = any(f.startswith("include/") for f in homes)
        if not homes:
            say(f"no function {function}()")
        elif line.startswith("|") and files and not public and not set(homes) & set(files):
            say(f"{function}() is in {', '.join(sorted(homes)[:3])}, not in {' or '.join(files)}")


def check(tree_, document):
    text = document.read_text()
    problems = []
    where = document.relative_to(ROOT)
    for number, line, spans in code(text):
        check_spans(tree_, line, spans, lambda what, n=number: problems.append(f"{where}:{n}: {what}"))
        for target in LINK.findall(line):
            if not (document.parent / target).exists():
                problems.append(f"{where}:{number}: the link leads to no file: {target}")
        for name in REFERENCE.findall(line):
            if f"include/ble/{name}.h" not in tree_.files:
                problems.append(f"{where}:{number}: no header include/ble/{name}.h")
    for program in (p for p in PROGRAM.findall(text) if "int main(" in p):
        run = subprocess.run(COMPILER, input=program, cwd=ROOT, text=True, capture_output=True)
        if run.returncode:
            problems.append(f"{where}: the program does not compile:\n{run.stderr}")
    return problems


def check_examples():
    """Each example is short, tested, and in the README's list."""
    readme = (ROOT / "README.md").read_text()
    for example in sorted((ROOT / "examples/c").glob("*.c")):
        where = example.relative_to(ROOT)
        lines = example.read_text().count("\n")
        if lines >= EXAMPLE_LINES:
            yield f"{where}: {lines} lines; an example has less than {EXAMPLE_LINES}"
        if f"`{example.name}`" not in readme:
            yield f"{where}: it is not in README.md"
        if not (ROOT / f"tests/sim/test_example_{example.stem}.c").exists():
            yield f"{where}: there is no tests/sim/test_example_{example.stem}.c"


def main():
    documents = [Path(a).resolve() for a in sys.argv[1:]]
    documents = documents or [ROOT / "README.md", *(d for f in FOLDERS for d in sorted((ROOT / f).glob("*.md")))]
    tree_ = Tree()
    problems = [p for document in documents for p in check(tree_, document)] + list(check_examples())
    for problem in problems:
        print(problem)
    print(f"check_docs: {len(documents)} documents, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
