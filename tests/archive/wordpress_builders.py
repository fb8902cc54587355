"""A WordPress export as WordPress writes it, around the posts and uploads of a test."""

NAMESPACES = (
    'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"'
)
SITE = "https://mills.example"


def export(*items):
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!-- This is a WordPress eXtended RSS file -->\n'
        f'<rss version="2.0" {NAMESPACES}><channel><title>Mills</title><link>{SITE}</link><language>en-US</language>'
        "<wp:author><wp:author_login>ada</wp:author_login><wp:author_display_name>Ada Miller</wp:author_display_name>"
        f"</wp:author>{''.join(items)}</channel></rss>"
    ).encode()


def post(content, number=1, name="the-mill", kind="post", status="publish", title="The mill", more=""):
    return (
        f"<item><title><![CDATA[{title}]]></title><link>{SITE}/{name}/</link><dc:creator>ada</dc:creator>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>"
        f"<wp:post_id>{number}</wp:post_id><wp:post_date>2019-03-09 10:00:00</wp:post_date><wp:post_name>{name}</wp:post_name>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{more}</item>"
    )


def upload(number, file, alt="", caption="", parent=0, place=0):
    return (
        f"<item><title>{file}</title><excerpt:encoded><![CDATA[{caption}]]></excerpt:encoded><wp:post_id>{number}</wp:post_id>"
        f"<wp:status>inherit</wp:status><wp:post_parent>{parent}</wp:post_parent><wp:menu_order>{place}</wp:menu_order>"
        f"<wp:post_type>attachment</wp:post_type>"
        f"<wp:attachment_url>{SITE}/wp-content/uploads/{file}</wp:attachment_url>"
        f"{meta('_wp_attachment_image_alt', alt)}</item>"
    )


def meta(key, value):
    return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
