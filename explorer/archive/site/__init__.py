"""Copies of sites: the network, robots.txt, sitemaps and the copy on disk."""
