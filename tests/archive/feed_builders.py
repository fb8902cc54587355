"""Feeds and exports as their programs write them, around the entries of a test."""

import json

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/"'
)


def rss(*items, head=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {NAMESPACES}><channel><title>Mill News</title>'
        f"<link>https://mills.example</link>{head}{''.join(items)}</channel></rss>"
    ).encode()


def item(title="The mill", guid="https://mills.example/?p=1", content="", more=""):
    return (
        f'<item><title>{title}</title><link>https://mills.example/2024/the-mill/</link><guid isPermaLink="false">{guid}'
        f"</guid><pubDate>Sat, 09 Mar 2024 10:00:00 +0000</pubDate><dc:creator><![CDATA[Ada Miller]]></dc:creator>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded>{more}</item>"
    )


def atom(*entries):
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="de">'
        f"<title>Mühlen</title><author><name>Ada Miller</name></author>{''.join(entries)}</feed>"
    ).encode()


def entry(content, kind="html", title="Die Mühle", identity="tag:mills.example,2024:1", more=""):
    return (
        f"<entry><title>{title}</title><id>{identity}</id><link rel='alternate' href='https://mills.example/die-muehle'/>"
        f"<published>2024-03-09T10:00:00Z</published><content type='{kind}'>{content}</content>{more}</entry>"
    )


def json_feed(*items, version="1.1", **fields):
    return json.dumps(
        {
            "version": f"https://jsonfeed.org/version/{version}",
            "title": "Mill News",
            "home_page_url": "https://mills.example/",
            **fields,
            "items": list(items),
        }
    )


def json_item(**fields):
    return {
        "id": "1",
        "url": "https://mills.example/2024/the-mill/",
        "title": "The mill",
        "date_published": "2024-03-09T10:00:00Z",
        **fields,
    }
