"""From the text of a program to code that CPython runs.

`#-if` lines choose what is compiled. Then the syntax tree is changed where the old language was more lenient than
Python: text and bytes mix, `global` may stand at module level, `new_exception` and `__define` take names that do not
exist yet. What the changed places call is in lenient.py, under the one name RUNTIME. Line numbers stay, so tracebacks
show the program as it is written.
"""

from __future__ import annotations

import ast
import re
from types import CodeType
from typing import Dict, List, Optional

RUNTIME = "__glint__"

DIRECTIVE = re.compile(r"^\s*#+-(if|elif|else|endif)\b[ \t]*(.*?)\s*$")
SYMBOL = re.compile(r"^(!?)\s*([A-Za-z_][A-Za-z_0-9]*)$")

# methods of bytes that take bytes, of str that take str
METHODS = frozenset(
    "find rfind index rindex count startswith endswith split rsplit partition rpartition replace strip lstrip rstrip "
    "join extend removeprefix removesuffix".split()
)


def preprocess(text: str, symbols: Dict[str, str], filename: str) -> str:
    """Blanks the lines that the `#-if` lines leave out."""
    out: List[str] = []
    stack: List[List[bool]] = []  # this branch is compiled, some branch was, the whole lies in a compiled one
    for number, line in enumerate(text.split("\n"), 1):
        found = DIRECTIVE.match(line)
        live = all(level[0] for level in stack)
        if not found:
            out.append(line if live else "")
            continue
        out.append("")
        word, condition = found.groups()
        if word == "if":
            holds = live and _holds(condition, symbols, filename, number)
            stack.append([holds, holds, live])
            continue
        if not stack:
            raise _syntax(f"#-{word} without #-if", filename, number, line)
        level = stack[-1]
        if word == "endif":
            stack.pop()
        elif word == "else":
            level[0] = level[2] and not level[1]
            level[1] = True
        else:
            level[0] = level[2] and not level[1] and _holds(condition, symbols, filename, number)
            level[1] = level[1] or level[0]
    if stack:
        raise _syntax("#-if without #-endif", filename, len(out), "")
    return "\n".join(out)


def _holds(condition: str, symbols: Dict[str, str], filename: str, number: int) -> bool:
    found = SYMBOL.match(condition)
    if not found:
        raise _syntax(f"#-if {condition}: a symbol, or !symbol, is understood here", filename, number, condition)
    return (found.group(2) in symbols) != bool(found.group(1))


def _syntax(message: str, filename: str, number: int, line: str) -> SyntaxError:
    return SyntaxError(message, (filename, number, 1, line))


def compile_program(text: str, filename: str, symbols: Dict[str, str]) -> CodeType:
    """The code of one module of the program. Raises SyntaxError."""
    tree = ast.parse(preprocess(text, symbols, filename), filename)
    tree = ast.fix_missing_locations(Lenient().visit(tree))
    code: CodeType = compile(tree, filename, "exec", dont_inherit=True)
    return code


def _is_plain(node: ast.expr) -> bool:
    """Whether it cannot be text or bytes: a number, None, a truth value."""
    if isinstance(node, ast.UnaryOp):
        return True
    return isinstance(node, ast.Constant) and not isinstance(node.value, (str, bytes))


class Lenient(ast.NodeTransformer):
    """Changes the tree as this file's head says."""

    def __init__(self) -> None:
        self.depth = 0  # in functions and classes

    def _helper(self, node: ast.AST, name: str, *args: ast.expr) -> ast.Call:
        runtime = ast.Attribute(ast.Name(RUNTIME, ast.Load()), name, ast.Load())
        return ast.copy_location(ast.Call(runtime, list(args), []), node)

    def _scope(self, node: ast.AST) -> ast.AST:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _scope

    def visit_Global(self, node: ast.Global) -> ast.AST:
        return node if self.depth else ast.copy_location(ast.Pass(), node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Subscript):
            return node
        text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if not (isinstance(target.slice, ast.Slice) or text):
            return node
        key = target.slice
        if isinstance(key, ast.Slice):
            none = ast.Constant(None)
            parts: List[ast.expr] = [part or none for part in (key.lower, key.upper, key.step)]
            key = self._helper(node, "part", *parts)
        return ast.copy_location(ast.Expr(self._helper(node, "set_item", node.value, target.value, key)), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Add) or not isinstance(node.target, ast.Name) or _is_plain(node.value):
            return node
        old = ast.Name(node.target.id, ast.Load())
        return ast.copy_location(ast.Assign([node.target], self._helper(node, "add_to", old, node.value)), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Add) or _is_plain(node.left) or _is_plain(node.right):
            return node
        return self._helper(node, "add", node.left, node.right)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) != 1 or _is_plain(node.left) or _is_plain(node.comparators[0]):
            return node
        name = {ast.Eq: "equal", ast.NotEq: "differ", ast.In: "within", ast.NotIn: "without"}.get(type(node.ops[0]))
        return self._helper(node, name, node.left, node.comparators[0]) if name else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        named = self._names_something(node)
        self.generic_visit(node)
        if named:
            node.args[0] = ast.copy_location(ast.Constant(named), node)
        elif isinstance(node.func, ast.Name) and node.func.id in ("bytes", "bytearray"):
            node.args.insert(0, node.func)
            node.func = ast.copy_location(ast.Attribute(ast.Name(RUNTIME, ast.Load()), "make", ast.Load()), node)
        elif isinstance(node.func, ast.Attribute) and node.func.attr in METHODS and node.args:
            node.args[:0] = [node.func.value, ast.copy_location(ast.Constant(node.func.attr), node)]
            node.func = ast.copy_location(ast.Attribute(ast.Name(RUNTIME, ast.Load()), "call", ast.Load()), node)
        return node

    @staticmethod
    def _names_something(node: ast.Call) -> Optional[str]:
        """new_exception(Name, ...) and __define(NAME, ...): the name, which is not to be looked up."""
        first = node.args[0] if node.args else None
        makers = ("new_exception", "__define")
        if isinstance(node.func, ast.Name) and node.func.id in makers and isinstance(first, ast.Name):
            return first.id
        return None
