#!/usr/bin/env python3
"""The program of README.md as a file, so that it is built and run as a newcomer does.

    scripts/readme_program.py FILE
"""

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def main():
    program, = (block for block in re.findall(r"```c\n(.*?)```\n", README.read_text(), re.S) if "int main(" in block)
    Path(sys.argv[1]).write_text(program)


if __name__ == "__main__":
    main()
