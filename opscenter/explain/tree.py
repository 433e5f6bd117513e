"""What an explanation is made of: figures that stand on others, down to rows and the clauses behind them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Clause:
    """The rule behind a figure.  ``ident``: the clause as the rule row names it; ``title``: the document or
    scheme it stands in; ``text``: what it says; ``url``: its page."""

    ident: str = ""
    title: str = ""
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Node:
    """A figure with what it was computed from below it.

    ``formula``: with the numbers in it · ``url``: the page of the row itself · ``tone``: good, warn, bad or
    none · ``opened``: its children are shown at first · ``name``: what it is, to find it in a tree ·
    ``anchor``: the part of an address that leads to it · ``more``: where the rest of its like stands.
    """

    label: str
    figure: str = ""
    formula: str = ""
    note: str = ""
    clause: Clause | None = None
    url: str = ""
    tone: str = ""
    opened: bool = False
    name: str = ""
    anchor: str = ""
    more: str = ""
    children: tuple["Node", ...] = ()

    def with_children(self, children: Iterable["Node"]) -> "Node":
        return replace(self, children=tuple(children))

    def open_to(self, levels: int) -> "Node":
        """The same tree with its first levels opened."""
        if levels <= 0:
            return self
        return replace(self, opened=True, children=tuple(one.open_to(levels - 1) for one in self.children))

    @property
    def size(self) -> int:
        """How many figures the tree has."""
        return 1 + sum(child.size for child in self.children)


def find(node: Node, name: str) -> Node | None:
    """The figure of that name in the tree."""
    if node.name == name:
        return node
    return next((found for child in node.children if (found := find(child, name))), None)
