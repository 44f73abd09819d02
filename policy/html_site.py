"""What of a page belongs to its site and not to the document: navigation, menus, head and foot."""

import re
from typing import Any, Final

OWN_PARTS: Final = frozenset({"article", "main", "section"})  # whose header and footer are theirs
_ELEMENTS: Final = frozenset({"nav", "aside", "select", "button"})
_ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "complementary", "search"})
_WORD: Final = re.compile("[A-Z]?[a-z]+|[A-Z]+")
# Words in the class or id of what is made of links: 当前位置 (dqwz), 面包屑 (mbx), 位置 (weizhi).
_NAMES: Final = frozenset(
    {"nav", "navbar", "navigation", "menu", "breadcrumb", "breadcrumbs", "crumb", "crumbs", "dqwz"}
    | {"mbx", "weizhi", "position", "location", "foot", "footer", "head", "header", "top", "topbar"}
    | {"sidebar", "side", "left", "right", "share", "links", "friendlink", "pagination", "toolbar"}
)
MAX_NODES: Final = 400  # that are looked at; what is larger is no menu


def is_of_site(node: Any, *, inside: bool) -> bool:
    """Return whether an element of a parsed page belongs to the site.

    Parameters
    ----------
    inside
        Whether the element lies in an article, whose header and footer are the document's.
    """
    if node.name in _ELEMENTS or (node.name in {"header", "footer"} and not inside):
        return True
    if str(node.get("role", "")).lower() in _ROLES:
        return True
    names = (*node.get_attribute_list("class"), *node.get_attribute_list("id"))
    words = {word.lower() for name in names for word in _WORD.findall(str(name)[:200])}
    return not words.isdisjoint(_NAMES) and _is_made_of_links(node)


def _is_made_of_links(node: Any) -> bool:
    """Return whether at least half of the text of a small element are links."""
    from bs4.element import NavigableString

    total = linked = seen = 0
    stack = [(node, False)]
    while stack:
        one, in_link = stack.pop()
        seen += 1
        if seen > MAX_NODES:
            return False
        if isinstance(one, NavigableString):
            size = len(one.strip())
            total, linked = total + size, linked + size * in_link
        else:
            link = in_link or one.name == "a"
            stack.extend((child, link) for child in one.children)
    return 0 < total <= 2 * linked
