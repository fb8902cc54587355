"""EPUB books and Word documents in a line or two."""

import io
import zipfile

PICTURE = b"\x89PNG picture"
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf" '
    'media-type="application/oebps-package+xml"/></rootfiles></container>'
)
METADATA = (
    '<dc:title>On Mills</dc:title><dc:creator id="c1">Ada Miller</dc:creator><meta refines="#c1" property="role">aut</meta>'
    '<dc:creator id="c2">Bo Lock</dc:creator><meta refines="#c2" property="role">ill</meta>'
    "<dc:date>2019-03-09</dc:date><dc:language>en-GB</dc:language>"
)


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members.items():
            archive.writestr(path, content)
    return stream.getvalue()


def epub(*chapters, metadata=METADATA, members=()):
    """A book of these bodies, each in `OEBPS/text/N.xhtml`, with `OEBPS/img/a b.png` among its members."""
    numbers = range(1, len(chapters) + 1)
    items = "".join(
        f'<item id="c{n}" href="text/{n}.xhtml" media-type="application/xhtml+xml"/>' for n in numbers
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in numbers)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:opf="http://www.idpf.org/2007/opf" version="3.0"><metadata>{metadata}</metadata><manifest>{items}'
        '<item id="toc" href="toc.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest>'
        f'<spine><itemref idref="toc"/>{spine}</spine></package>'
    )
    texts = {f"OEBPS/text/{n}.xhtml": page(body) for n, body in zip(numbers, chapters, strict=True)}
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OEBPS/book.opf": package,
            "OEBPS/toc.xhtml": page("<nav><ol><li>Contents</li></ol></nav>"),
            "OEBPS/img/a b.png": PICTURE,
            **texts,
            **dict(members),
        }
    )


def page(body):
    return (
        '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>'
        f"<body>{body}</body></html>"
    )


WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def paragraph(content, style=""):
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    words = content if content.startswith("<") else f"<w:r><w:t>{content}</w:t></w:r>"
    return f"<w:p>{properties}{words}</w:p>"


def picture(alt="A wheel", link="embed", number=1):
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="{alt}"/><a:graphic><a:graphicData><pic:pic><pic:blipFill>'
        f'<a:blip r:{link}="p{number}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def docx(*paragraphs, pictures=(PICTURE,), title="On Mills", declaration="", styles=""):
    """A Word document of these paragraphs; the relationships of its pictures are p1, p2, ...; `styles` are more of them."""
    own = {"Heading1": "heading 1", "Beschriftung": "caption", "Titel": "Title"}
    numbers = range(1, len(pictures) + 1)
    relations = "".join(
        f'<Relationship Id="p{n}" Type="{OFFICE}/image" Target="media/image{n}.png"/>' for n in numbers
    )
    outside = (
        f'<Relationship Id="p99" Type="{OFFICE}/image" Target="file:///etc/hostname" TargetMode="External"/>'
    )
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="png" ContentType="image/png"/></Types>',
            "_rels/.rels": f'<Relationships {RELATIONSHIPS}><Relationship Id="d" Type="{OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
            "word/document.xml": f"{declaration}<w:document {WORD}><w:body>{''.join(paragraphs)}</w:body></w:document>",
            "word/_rels/document.xml.rels": f"<Relationships {RELATIONSHIPS}>{relations}{outside}</Relationships>",
            "word/styles.xml": f"<w:styles {WORD}>"
            + "".join(
                f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
                for key, name in own.items()
            )
            + f"{styles}</w:styles>",
            "docProps/core.xml": '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
            'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
            f"<dc:title>{title}</dc:title><dc:creator>Ada Miller</dc:creator>"
            "<dcterms:created>2019-03-09T10:00:00Z</dcterms:created></cp:coreProperties>",
            **{f"word/media/image{n}.png": data for n, data in zip(numbers, pictures, strict=True)},
        }
    )
