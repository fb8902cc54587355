"""E-mail messages, mailboxes and pages saved as MHTML."""
