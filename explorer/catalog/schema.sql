-- The catalog: the truth about issues, items, figures and pictures. The index is rebuilt from it.
-- IF NOT EXISTS: two processes may prepare one catalog at the same moment, and one of an older version is given
-- the tables that it lacks by this same file.
CREATE TABLE IF NOT EXISTS archive (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,          -- names the identifiers of its issues; survives a move of the archive
    location TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS issue (
    id TEXT PRIMARY KEY,
    archive_id INTEGER NOT NULL REFERENCES archive(id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    title TEXT, number INTEGER, date TEXT, author TEXT, language TEXT, address TEXT,
    digest TEXT NOT NULL,               -- of everything read from it; equal means nothing changed
    UNIQUE (archive_id, document)
);
CREATE INDEX IF NOT EXISTS issue_by_date ON issue (date DESC, document, id);
CREATE INDEX IF NOT EXISTS issue_by_number ON issue (number);
CREATE TABLE IF NOT EXISTS item (
    id TEXT PRIMARY KEY,
    issue_id TEXT NOT NULL REFERENCES issue(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    number INTEGER, heading TEXT, text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS item_by_issue ON item (issue_id, position);
CREATE TABLE IF NOT EXISTS picture (
    sha256 TEXT PRIMARY KEY,
    width INTEGER NOT NULL, height INTEGER NOT NULL,   -- px, as shown
    format TEXT NOT NULL, bytes INTEGER NOT NULL, frames INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,                         -- perceptual hash, hex
    colours TEXT NOT NULL                              -- JSON list, dominant first
);
CREATE TABLE IF NOT EXISTS picture_text (             -- since version 2
    sha256 TEXT PRIMARY KEY REFERENCES picture(sha256) ON DELETE CASCADE,
    recipe TEXT NOT NULL,               -- what it was read with; another one than today's is to be read again
    text TEXT NOT NULL,                 -- the lines' words, a line each; empty where nothing was read
    lines TEXT NOT NULL                 -- JSON list of [text, confidence, [left, top, right, bottom]]
);
CREATE TABLE IF NOT EXISTS picture_kind (             -- since version 10
    sha256 TEXT PRIMARY KEY REFERENCES picture(sha256) ON DELETE CASCADE,
    recipe TEXT NOT NULL,               -- what it was determined by; another one than today's is to be determined again
    probabilities TEXT NOT NULL         -- JSON list: one for each kind; empty for a picture that could not be read
);
CREATE TABLE IF NOT EXISTS picture_group (            -- since version 3: pictures that were compared with one another
    sha256 TEXT PRIMARY KEY REFERENCES picture(sha256) ON DELETE CASCADE,
    recipe TEXT NOT NULL,               -- what it was compared by; another one than today's is to be compared again
    name TEXT NOT NULL                  -- the smallest SHA-256 among the copies of it, itself included
);
CREATE INDEX IF NOT EXISTS picture_group_by_name ON picture_group (name);
CREATE TABLE IF NOT EXISTS picture_copy (             -- since version 3
    one TEXT NOT NULL REFERENCES picture_group(sha256) ON DELETE CASCADE,
    other TEXT NOT NULL REFERENCES picture_group(sha256) ON DELETE CASCADE,   -- the larger of the two
    PRIMARY KEY (one, other)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS picture_copy_by_other ON picture_copy (other);
CREATE TABLE IF NOT EXISTS figure (
    id TEXT PRIMARY KEY,
    issue_id TEXT NOT NULL REFERENCES issue(id) ON DELETE CASCADE,
    item_id TEXT,
    position INTEGER NOT NULL,
    image TEXT, status TEXT NOT NULL, sha256 TEXT REFERENCES picture(sha256),
    caption TEXT, alt TEXT, credit TEXT, heading TEXT, before TEXT, after TEXT
);
CREATE INDEX IF NOT EXISTS figure_by_issue ON figure (issue_id, position);
CREATE INDEX IF NOT EXISTS figure_by_picture ON figure (sha256);
CREATE TABLE IF NOT EXISTS correction (               -- since version 3
    figure_id TEXT PRIMARY KEY,         -- no reference: it outlives its issue, which is read again, or comes back
    caption TEXT, alt TEXT, credit TEXT -- NULL: as the archive says; empty: none
);
CREATE VIEW IF NOT EXISTS corrected_figure AS         -- since version 3: what everybody reads
    SELECT figure.id, figure.issue_id, figure.item_id, figure.position, figure.image, figure.status, figure.sha256,
        nullif(coalesce(correction.caption, figure.caption), '') AS caption,
        nullif(coalesce(correction.alt, figure.alt), '') AS alt,
        nullif(coalesce(correction.credit, figure.credit), '') AS credit,
        figure.heading, figure.before, figure.after
    FROM figure LEFT JOIN correction ON correction.figure_id = figure.id;
CREATE TABLE IF NOT EXISTS indexed_text (             -- since version 8: derived from the tables above by derived_tables.py
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,            -- of a figure or item
    owner TEXT NOT NULL,                -- figure or item
    text TEXT NOT NULL                  -- folded, a line for each text
);
CREATE VIRTUAL TABLE IF NOT EXISTS full_text USING fts5 (   -- since version 8: the words of indexed_text, by number
    text, content = '', tokenize = "unicode61 remove_diacritics 0 categories 'L* N*'"
);
CREATE TABLE IF NOT EXISTS figure_trait (             -- since version 9: derived from the tables above by derived_tables.py
    figure_id TEXT NOT NULL REFERENCES figure(id) ON DELETE CASCADE,
    name TEXT NOT NULL,                 -- see derived_tables.py
    value TEXT NOT NULL,
    PRIMARY KEY (figure_id, name, value)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS figure_trait_by_value ON figure_trait (name, value);
CREATE TABLE IF NOT EXISTS left_out (
    issue_id TEXT NOT NULL REFERENCES issue(id) ON DELETE CASCADE,
    image TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS left_out_by_issue ON left_out (issue_id);
CREATE TABLE IF NOT EXISTS problem (
    archive_id INTEGER NOT NULL REFERENCES archive(id) ON DELETE CASCADE,
    document TEXT NOT NULL, image TEXT, reason TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS problem_by_document ON problem (archive_id, document);
CREATE TABLE IF NOT EXISTS skipped (                  -- since version 4: files that are no issues
    archive_id INTEGER NOT NULL REFERENCES archive(id) ON DELETE CASCADE,
    document TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS skipped_by_archive ON skipped (archive_id);
CREATE TABLE IF NOT EXISTS mentioned (                -- since version 7: addresses in documents of which nothing became
    archive_id INTEGER NOT NULL REFERENCES archive(id) ON DELETE CASCADE,
    document TEXT NOT NULL,             -- an issue, or a container of issues
    image TEXT NOT NULL, line INTEGER
);
CREATE INDEX IF NOT EXISTS mentioned_by_document ON mentioned (archive_id, document);
CREATE TABLE IF NOT EXISTS file (                     -- since version 4: an archive's files when they were last read
    archive_id INTEGER NOT NULL REFERENCES archive(id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    stamp TEXT NOT NULL,                -- size, times and place on the disk: equal means untouched
    sha256 TEXT,                        -- of a document's bytes: equal means unchanged although touched
    PRIMARY KEY (archive_id, path)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reading (                  -- since version 4: what a document's last reading depended on
    archive_id INTEGER NOT NULL REFERENCES archive(id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    version INTEGER NOT NULL,           -- of the reader
    asked TEXT NOT NULL,                -- JSON list: names of the files it asked for, there or not
    PRIMARY KEY (archive_id, document)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trash (                    -- since version 4: issues that are gone from their archive
    issue_id TEXT PRIMARY KEY,
    archive_id INTEGER NOT NULL REFERENCES archive(id) ON DELETE CASCADE,
    document TEXT NOT NULL, title TEXT, figures INTEGER NOT NULL,
    deleted TEXT NOT NULL,              -- ISO 8601, UTC
    rows TEXT NOT NULL                  -- JSON: table -> its rows, as they were
);
CREATE TABLE IF NOT EXISTS restored (                 -- since version 4: brought back by somebody, kept although gone
    issue_id TEXT PRIMARY KEY REFERENCES issue(id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS search (                   -- since version 6: what people searched for
    line TEXT PRIMARY KEY,
    asked TEXT NOT NULL,                -- when last: ISO 8601, UTC
    times INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collection (               -- since version 9: figures that somebody keeps together
    id TEXT PRIMARY KEY,                -- in the address of its page; the name may change
    name TEXT NOT NULL UNIQUE,
    notes TEXT NOT NULL,
    created TEXT NOT NULL               -- ISO 8601, UTC
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collected_figure (         -- since version 9
    collection_id TEXT NOT NULL REFERENCES collection(id) ON DELETE CASCADE,
    figure_id TEXT NOT NULL,            -- no reference: it outlives its issue, which is read again, or comes back
    position INTEGER NOT NULL,
    PRIMARY KEY (collection_id, figure_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS collected_figure_by_figure ON collected_figure (figure_id);
-- Since version 4: which points of an index are out of date. Every writing transaction has a number; a point whose
-- figure or item was written, or is gone, carries the number of the last time.
CREATE TABLE IF NOT EXISTS revision (number INTEGER NOT NULL, catalog TEXT NOT NULL);
INSERT INTO revision SELECT 0, lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM revision);
CREATE TABLE IF NOT EXISTS point_change (id TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS point_change_by_revision ON point_change (revision);
CREATE TRIGGER IF NOT EXISTS figure_added AFTER INSERT ON figure BEGIN
    INSERT INTO point_change SELECT NEW.id, number FROM revision WHERE true
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER IF NOT EXISTS figure_gone AFTER DELETE ON figure BEGIN
    INSERT INTO point_change SELECT OLD.id, number FROM revision WHERE true
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER IF NOT EXISTS item_added AFTER INSERT ON item BEGIN
    INSERT INTO point_change SELECT NEW.id, number FROM revision WHERE true
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER IF NOT EXISTS item_gone AFTER DELETE ON item BEGIN
    INSERT INTO point_change SELECT OLD.id, number FROM revision WHERE true
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER IF NOT EXISTS correction_added AFTER INSERT ON correction BEGIN
    INSERT INTO point_change SELECT NEW.figure_id, number FROM revision WHERE true
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER IF NOT EXISTS correction_changed AFTER UPDATE ON correction BEGIN
    INSERT INTO point_change SELECT NEW.figure_id, number FROM revision WHERE true
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision;
    INSERT INTO point_change SELECT OLD.figure_id, number FROM revision WHERE true
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER IF NOT EXISTS correction_gone AFTER DELETE ON correction BEGIN
    INSERT INTO point_change SELECT OLD.figure_id, number FROM revision WHERE true
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER IF NOT EXISTS picture_was_read AFTER INSERT ON picture_text BEGIN
    INSERT INTO point_change SELECT figure.id, revision.number FROM figure, revision WHERE figure.sha256 = NEW.sha256
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER IF NOT EXISTS picture_kind_found AFTER INSERT ON picture_kind BEGIN
    INSERT INTO point_change SELECT figure.id, revision.number FROM figure, revision WHERE figure.sha256 = NEW.sha256
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision;
END;
