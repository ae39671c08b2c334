"""The language of templates: of Jinja, only values, filters, texts and conditions. Pure.

Never: a loop, a call, an attribute, arithmetic, or anything else that takes more time or room than the template is
long. What may occur is listed; all else is refused before it is compiled, so a sandbox that leaks leaks nothing.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.domain.template_values import FILTERS, LISTS, NAMES, in_name, in_text
from bot.domain.text import clean, without_invisible, without_surrogates
from bot.domain.wording import Listing, Phrase, _

LONGEST: Final = 1000
_DEEPEST = 30  # Also keeps Python's compiler, which would nest as deeply, from giving up.
_LONGEST_CUT = 4000

_PLAIN = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.CondExpr,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Operand,
    nodes.Const,
)


class TemplateFaultError(Exception):
    """The template cannot be used; `fault` says why, `line` is counted from 1. It never leaves the domain."""

    def __init__(self, line: int, fault: Phrase) -> None:
        super().__init__(f"line {line}: {fault}")
        self.line = line
        self.fault = fault


def _environment(*, for_name: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=False,  # Discord shows no HTML; `finalize` escapes for what it does show.
        finalize=in_name if for_name else in_text,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals = {}
    environment.tests = {}
    environment.filters = {name: function for name, (function, kind) in FILTERS.items()}
    return environment


_NAME = _environment(for_name=True)
_TEXT = _environment(for_name=False)


@lru_cache(maxsize=256)
def compiled(source: str, *, for_name: bool) -> tuple[Template, tuple[str, ...]]:
    """The template, ready to render, and the names of the values it shows. Raises TemplateFaultError."""
    if len(source) > LONGEST:
        raise TemplateFaultError(1, Phrase(_("It is longer than {limit} characters."), limit=LONGEST))
    environment = _NAME if for_name else _TEXT
    try:
        tree = environment.parse(without_invisible(without_surrogates(source)))
        _check(tree)
        names = tuple(sorted({node.name for node in tree.find_all(nodes.Name)}))
        return environment.from_string(tree), names
    except TemplateSyntaxError as error:
        fault = clean(error.message or "").replace("`", "'")
        raise TemplateFaultError(
            error.lineno, Phrase(_("Jinja cannot read it: `{fault}`"), fault=fault)
        ) from None
    except RecursionError:
        raise TemplateFaultError(1, Phrase(_TOO_DEEP)) from None


_TOO_DEEP = _("It is nested too deeply.")


def _check(tree: nodes.Template) -> None:
    for node, depth in _walk(tree):
        if depth > _DEEPEST:
            raise TemplateFaultError(node.lineno, Phrase(_TOO_DEEP))
        fault = _fault(node)
        if fault is not None:
            raise TemplateFaultError(node.lineno, fault)


def _walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """Every node before those within it, with its depth; the stack is ours, not Python's."""
    stack = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        stack += [(child, depth + 1) for child in reversed([*node.iter_child_nodes()])]


def _fault(node: nodes.Node) -> Phrase | None:
    """What is wrong with one node, leaving aside those within it."""
    match node:
        case nodes.Name():
            return _name_fault(node)
        case nodes.Filter():
            return _filter_fault(node)
        case nodes.Compare():
            return _comparison_fault(node)
        case nodes.TemplateData():
            return _text_fault(node)
        case _ if isinstance(node, _PLAIN):
            return None
        case _:
            return Phrase(
                _("`{what}` is not possible here: only values, filters and conditions (`if`) are."),
                what=type(node).__name__.lower(),
            )


def _name_fault(node: nodes.Name) -> Phrase | None:
    if node.name in NAMES:
        return None
    return Phrase(
        _("There is no value `{name}`. The values are {known}."), name=node.name, known=Listing(NAMES, "`{}`")
    )


def _filter_fault(node: nodes.Filter) -> Phrase | None:
    if node.name not in FILTERS:
        return Phrase(
            _("There is no filter `{name}`. The filters are {known}."),
            name=node.name,
            known=Listing(tuple(FILTERS), "`{}`"),
        )
    kind = FILTERS[node.name][1]
    given = [argument.value if isinstance(argument, nodes.Const) else None for argument in node.args]
    fits = [type(each) for each in given] == ([kind] if kind else [])
    if fits and not (node.kwargs or node.dyn_args or node.dyn_kwargs) and _is_in_bounds(*given):
        return None
    if kind is int:
        return Phrase(
            _("Write a number from 1 to {limit}: `{example}`."),
            limit=_LONGEST_CUT,
            example=f"{node.name}(100)",
        )
    return Phrase(_("Write the filter as `{example}`."), example=f'{node.name}(", ")' if kind else node.name)


def _is_in_bounds(argument: object = None) -> bool:
    return 0 < argument <= _LONGEST_CUT if isinstance(argument, int) else True


def _comparison_fault(node: nodes.Compare) -> Phrase | None:
    for operand in node.ops:
        if operand.op in ("in", "notin"):
            left, right = node.expr, operand.expr
            among = isinstance(right, nodes.Name) and right.name in LISTS
            if not (
                among and len(node.ops) == 1 and isinstance(left, nodes.Const) and type(left.value) is str
            ):
                return Phrase(
                    _("`in` asks for a word in one of {lists}: `{example}`."),
                    lists=Listing(LISTS, "`{}`"),
                    example='"Sport" in categories',
                )
        elif operand.op not in ("eq", "ne"):
            return Phrase(_("Values can be compared by `==`, `!=` and `in` alone."))
    return None


def _text_fault(node: nodes.TemplateData) -> Phrase | None:
    """A backslash before a value would take the value's own escape away."""
    backslashes = len(node.data) - len(node.data.rstrip("\\"))
    return Phrase(_("A backslash cannot stand before a value.")) if backslashes % 2 else None
