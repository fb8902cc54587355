"""Tasks of an editor: illustrations for a text, saved searches, and the audit of captions."""
