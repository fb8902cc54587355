"""A picture at the address of a proxy is the file of the archive that the proxy would fetch."""

import pytest
from archive_builders import figures, images

from explorer.archive.links.image_proxies import fetched_addresses

LOAF = "https://island.example/uploads/loaf.png"
ENCODED = "https%3A%2F%2Fisland.example%2Fuploads%2Floaf.png"
FETCHING = {
    "Photon of WordPress": "https://i0.wp.com/island.example/uploads/loaf.png?resize=640%2C480&ssl=1",
    "Photon, another host": "//i2.wp.com/www.island.example/uploads/loaf.png?fit=300",
    "weserv": "https://images.weserv.nl/?url=island.example/uploads/loaf.png&w=300",
    "wsrv": f"https://wsrv.nl/?url={ENCODED}&output=webp",
    "Substack": f"https://substackcdn.com/image/fetch/$s_!abc!,w_1456,c_limit,f_auto/{ENCODED}",
    "Cloudinary": "https://res.cloudinary.com/demo/image/fetch/w_300,f_auto/https://island.example/uploads/loaf.png",
    "Cloudflare": "https://cdn.other.example/cdn-cgi/image/width=80,quality=75/https://island.example/uploads/loaf.png",
    "Cloudflare of the site": "https://island.example/cdn-cgi/image/width=80/uploads/loaf.png",
    "Next.js": "/_next/image?url=%2Fuploads%2Floaf.png&w=640&q=75",
    "Next.js, remote": f"https://island.example/_next/image?url={ENCODED}&w=640&q=75",
    "Netlify": "/.netlify/images?url=/uploads/loaf.png&w=300",
    "Vercel": "/_vercel/image?url=%2Fuploads%2Floaf.png&w=640",
    "Gadgets of Google": f"https://images-focus-opensocial.googleusercontent.com/gadgets/proxy?container=focus&url={ENCODED}",
    "thumbor": "https://thumbs.example/unsafe/300x200/smart/island.example/uploads/loaf.png",
    "imgproxy": "https://img.example/insecure/rs:fit:300/plain/https://island.example/uploads/loaf.png",
    "imgproxy, Base64": "https://img.example/insecure/rs:fit:300/aHR0cHM6Ly9pc2xhbmQuZXhhbXBsZS91cGxvYWRzL2xvYWYucG5n.png",
    "Camo": f"https://camo.githubusercontent.com/0a1b/{LOAF.encode().hex()}",
    "a saved page of the Wayback Machine": f"https://web.archive.org/web/2019im_/{LOAF}",
    "a folded slash": "https://proxy.example/300x/https:/island.example/uploads/loaf.png",
    "a proxy behind a proxy": f"https://i0.wp.com/wsrv.nl/?url={ENCODED}&x=a.png",
    "encoded twice": f"https://proxy.example/fetch/{ENCODED.replace('%', '%25')}",
}


@pytest.mark.parametrize("address", FETCHING.values(), ids=FETCHING.keys())
def test_a_proxy_means_the_file_that_it_fetches(address):
    page = f'<link rel="canonical" href="https://island.example/loaves/"><p>Bread.</p><img src="{address}" alt="Loaf">'

    [figure] = figures(page, files=["uploads/loaf.png"])

    assert (figure.image, figure.candidates, figure.alt) == (
        "uploads/loaf.png",
        ("uploads/loaf.png",),
        "Loaf",
    )


@pytest.mark.parametrize("address", FETCHING.values(), ids=FETCHING.keys())
def test_a_proxy_of_what_is_not_in_the_archive_stays_as_it_is(address):
    page = f'<link rel="canonical" href="https://island.example/loaves/"><img src="{address}" alt="Loaf">'

    [figure] = figures(page, files=["other/loaf.jpg"])

    assert figure.candidates == ()


def test_a_picture_of_another_site_is_not_taken_for_one_of_the_archive():
    page = '<link rel="canonical" href="https://island.example/"><img src="https://i0.wp.com/x.example/uploads/loaf.png">'

    assert images(page, files=["uploads/loaf.png"]) == ["https://i0.wp.com/x.example/uploads/loaf.png"]


SIZES = {
    "WordPress": ("https://island.example/uploads/loaf-300x200.png", "uploads/loaf.png"),
    "WordPress, scaled": ("/uploads/loaf-scaled.png", "uploads/loaf.png"),
    "behind a proxy": (
        "https://i0.wp.com/island.example/uploads/loaf-1024x768.png?w=300",
        "uploads/loaf.png",
    ),
    "Ghost": ("https://island.example/uploads/size/w600/loaf.png", "uploads/loaf.png"),
    "the size itself is there": ("/uploads/rye-300x200.png", "uploads/rye-300x200.png"),
}


@pytest.mark.parametrize(("address", "file"), SIZES.values(), ids=SIZES.keys())
def test_another_size_of_a_file_means_the_file(address, file):
    page = f'<link rel="canonical" href="https://island.example/loaves/"><img src="{address}" alt="Loaf">'

    assert images(page, files=["uploads/loaf.png", "uploads/rye-300x200.png", "uploads/rye.png"]) == [file]


@pytest.mark.parametrize(
    "address",
    ["", "a.png", "/img/a.png?v=3", "https://x.example/2024/03/a.png", "https://[x/a.png", "data:image/png;base64,AAAA",
     "/a?" + "&".join(["u=b"] * 100), "https://x.example/v1.2/a.png?page=2", "deadbeef" * 8],
)  # fmt: skip
def test_other_addresses_fetch_nothing(address):
    assert list(fetched_addresses(address)) == []
