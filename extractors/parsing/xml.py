"""XML pages: read as data and nothing else, or a `LayoutError`."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from extractors.model import LayoutError, Page
from extractors.parsing.html import decode


def read_xml(page: Page) -> Any:
    """The root element of a page's XML. Raises `LayoutError`; a DOCTYPE is refused unread."""
    text = decode(page)
    if re.search(r"<!\s*(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise LayoutError(page, "XML with a DOCTYPE or entities: not read", text[:120])
    # A second lock behind the first: no entity is resolved, nothing is loaded.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise LayoutError(page, f"not XML: {error}", text[:120]) from error
