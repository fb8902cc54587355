"""E-mail, mailboxes, and pages that are saved as MHTML."""
