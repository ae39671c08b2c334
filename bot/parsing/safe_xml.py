"""XML of strangers -> elements: opens no file and no address, expands no entity, lifts no limit of libxml2."""

from lxml import etree


def read(body: bytes, *, recover: bool, encoding: str | None = None) -> etree._Element | None:
    """The root, without comments and processing instructions. `encoding` None: what the document says.

    `recover` mends what is broken; None where nothing is left. Raises XMLSyntaxError or ValueError.
    """
    parser = etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding=encoding,
    )
    return etree.fromstring(body, parser)
