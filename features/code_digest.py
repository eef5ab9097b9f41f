"""Digest of the Python source that given definitions depend on, directly or through other definitions.

Each module-level definition of our packages that a reached definition names is followed, also through imports.
Comments, docstrings, annotations, layout and line endings are left out, so that only a change of behaviour changes the
digest. Syntax trees are serialised here, since `ast.dump` and `ast.unparse` differ between Python versions.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeGuard

_IMPORTS: Final = (ast.Import, ast.ImportFrom)
_NAMED: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_OWN_SCOPE: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_TYPES: Final = frozenset(("annotation", "returns"))
# Fields of syntax trees that have no effect, or that some Python versions lack.
_LEFT_OUT: Final = frozenset(("ctx", "kind", "type_comment", "type_ignores", "type_params"))


class Name(NamedTuple):
    """A module, and a name that is bound at its top level."""

    module: str
    name: str


class Reached(NamedTuple):
    """The reached definitions, the CSV files that they name, and the digest of both (16 hex digits)."""

    names: tuple[Name, ...]
    tables: tuple[Path, ...]
    digest: str


class Code:
    """Source files of `packages` below `root`. `tables` are folders that hold CSV files which the code names."""

    def __init__(self, root: Path, packages: Collection[str], tables: Iterable[str] = ()) -> None:
        self._root = root
        self._packages = frozenset(packages)
        self._tables = [root / folder for folder in tables]
        self._modules: dict[str, _Module | None] = {}

    def reach(self, starts: Iterable[Name], leave_out: Collection[Name] = ()) -> Reached:
        """Follow the definitions from `starts`, but not into `leave_out`. Raises KeyError if one of them is missing."""
        waiting = sorted(set(starts))
        for name in (*waiting, *leave_out):
            if self._defined(name) != name:
                raise KeyError(f"No definition of {name.name} in module {name.module} below {self._root}.")
        reached: dict[Name, str] = {}
        tables: set[Path] = set()
        while waiting:
            name = waiting.pop()
            if name in reached or name in leave_out:
                continue
            module = self._module(name.module)
            assert module is not None
            definition = module.definition(name.name)
            reached[name] = definition.text
            waiting += self._followed(name.module, module, definition)
            tables.update(self._files(name.module, definition.tables))
        digest = blake2b(digest_size=8)
        names, files = tuple(sorted(reached)), tuple(sorted(tables))
        for name in names:
            digest.update(f"{name.module}.{name.name}={reached[name]}\n".encode())
        for path in files:
            digest.update(f"{path.name}\n".encode() + path.read_bytes().replace(b"\r\n", b"\n"))
        return Reached(names, files, digest.hexdigest())

    @cached_property
    def content(self) -> str:
        """A digest of all source and CSV files, 32 hex digits: equal content has equal definitions."""
        digest = blake2b(digest_size=16)
        folders = {*self._tables, *(self._root / package for package in self._packages)}
        files = {path for folder in folders for kind in ("*.py", "*.csv") for path in folder.rglob(kind)}
        for path in sorted(files):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(self._root)} {len(content)}\n".encode() + content)
        return digest.hexdigest()

    def _module(self, name: str) -> _Module | None:
        if name not in self._modules:
            stem = self._root.joinpath(*name.split("."))
            ours = name.partition(".")[0] in self._packages
            paths = (stem.with_suffix(".py"), stem / "__init__.py") if ours else ()
            path = next((path for path in paths if path.is_file()), None)
            self._modules[name] = _Module(ast.parse(path.read_bytes())) if path else None
        return self._modules[name]

    def _defined(self, name: Name) -> Name | None:
        """Where a name is defined, resolved through imports; None if it is not in our packages."""
        module = self._module(name.module)
        while module is not None and name.name not in module.statements:
            if name.name not in module.imports:
                return None
            name = module.imports[name.name]
            module = self._module(name.module)
        return name if module is not None else None

    def _followed(self, place: str, module: _Module, definition: _Definition) -> Iterator[Name]:
        """The definitions that a definition in the module named `place` depends on."""
        imports = module.imports | definition.imports
        places = [Name(place, one) for one in module.unnamed]
        places += [imports.get(one, Name(place, one)) for one in definition.names]
        places += [
            Name(".".join(imports[one]), attribute) for one, attribute in definition.attributes if one in imports
        ]
        types = [self._defined(imports.get(one, Name(place, one))) for one in definition.types]
        # An annotated class is followed, since its methods may be called; a type alias has no behaviour.
        places += [one for one in types if one and self._is_class(one)]
        yield from (defined for one in places if (defined := self._defined(one)))

    def _is_class(self, name: Name) -> bool:
        module = self._module(name.module)
        return module is not None and isinstance(module.statements[name.name][0], ast.ClassDef)

    def _files(self, module: str, constants: Iterable[str]) -> Iterator[Path]:
        """The CSV files that constants name; for a name built at run time (f"{name}.csv"), all of the folder."""
        own = self._root.joinpath(*module.split(".")).parent
        for constant in constants:
            if constant == ".csv":
                yield from own.glob("*.csv")
            else:
                yield from (path for folder in {own, *self._tables} if (path := folder / constant).is_file())


class _Module:
    """A module's top-level statements by the names they bind, its imports, and the statements that bind none."""

    def __init__(self, tree: ast.Module) -> None:
        self.statements: dict[str, list[ast.stmt]] = {}
        self.imports: dict[str, Name] = {}
        self.unnamed: list[str] = []
        self._definitions: dict[str, _Definition] = {}
        for node in tree.body:
            if isinstance(node, _IMPORTS):
                self.imports |= _imported(node)
            elif _is_for_type_checkers(node):
                for one in node.body:
                    self.imports |= _imported(one)
            elif not _is_text(node):
                names = _bound(node)
                if not names or not isinstance(node, (*_NAMED, ast.Assign, ast.AnnAssign)):
                    names.append(f"<{len(self.unnamed)}>")
                    self.unnamed.append(names[-1])
                for name in names:
                    self.statements.setdefault(name, []).append(node)

    def definition(self, name: str) -> _Definition:
        """The statements that bind a name, serialised."""
        if name not in self._definitions:
            self._definitions[name] = _Definition(self.statements[name])
        return self._definitions[name]


class _Definition:
    """Statements serialised independently of layout, annotations and Python version, and all names that they use."""

    def __init__(self, nodes: list[ast.stmt]) -> None:
        self.names: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.types: set[str] = set()
        self.tables: set[str] = set()
        self.imports: dict[str, Name] = {}
        self.text = self._written(nodes)

    def _written(self, node: Any) -> str:
        if isinstance(node, ast.Name):
            self.names.add(node.id)
            return f"Name({node.id})"
        if isinstance(node, list):
            return f"[{','.join(map(self._written, node))}]"
        if not isinstance(node, ast.AST):
            return ascii(node)
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and node.value.endswith(".csv"):
                self.tables.add(node.value)
            return f"Constant({node.value!a})"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            self.attributes.add((node.value.id, node.attr))
        elif isinstance(node, ast.JoinedStr):
            node = ast.JoinedStr(_pieces(node.values))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._note_types(node.annotation)
            node = ast.Assign([node.target], node.value)
        elif isinstance(node, _IMPORTS):
            self.imports |= _imported(node)
        fields = []
        for name in node._fields:
            value = getattr(node, name, None)
            if value is None or name in _LEFT_OUT:
                continue
            if name in _TYPES:
                self._note_types(value)
                continue
            if name == "body" and type(value) is list:
                value = [one for one in value if not _is_text(one)]
            # Empty lists are left out: Python 3.12 added list fields to some nodes.
            if type(value) is not list or value:
                fields.append(f"{name}={self._written(value)}")
        return f"{type(node).__name__}({','.join(fields)})"

    def _note_types(self, annotation: ast.AST) -> None:
        waiting = [annotation]
        while waiting:
            one = waiting.pop()
            if isinstance(one, ast.Name):
                self.types.add(one.id)
            else:
                waiting += ast.iter_child_nodes(one)


def _pieces(values: list[ast.expr]) -> list[ast.expr]:
    """The parts of an f-string, adjacent constants joined: Python versions split the plain text differently."""
    pieces: list[ast.expr] = []
    for value in values:
        last = pieces[-1] if pieces else None
        if isinstance(value, ast.Constant) and isinstance(last, ast.Constant):
            pieces[-1] = ast.Constant(str(last.value) + str(value.value))
        elif not isinstance(value, ast.Constant) or value.value:
            pieces.append(value)
    return pieces


def _imported(node: ast.AST) -> dict[str, Name]:
    """The imported definition of each name that an import binds."""
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {alias.asname or alias.name: Name(node.module, alias.name) for alias in node.names}
    if isinstance(node, ast.Import):
        named = [(alias.asname, *alias.name.rpartition(".")[::2]) for alias in node.names if alias.asname]
        return {name: Name(package, module) for name, package, module in named}
    return {}


def _bound(node: ast.stmt) -> list[str]:
    """The names that a top-level statement binds."""
    names = []
    waiting: list[ast.AST] = [*node.targets] if isinstance(node, ast.Assign) else [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _NAMED):
            names.append(one.name)
        elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            names.append(one.id)
        elif not isinstance(one, _OWN_SCOPE):
            waiting += ast.iter_child_nodes(one)
    return names


def _is_for_type_checkers(node: ast.stmt) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _is_text(node: object) -> bool:
    """Whether a statement is only a string, such as a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
