"""Exports of blogs: WordPress, Ghost, Blogger, Substack, Medium."""
