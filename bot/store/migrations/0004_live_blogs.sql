-- Live blogs: pages that are followed, their updates, and which message of which topic shows each.

CREATE TABLE live_blogs (
    live_blog_id   BIGINT PRIMARY KEY,
    url            TEXT NOT NULL UNIQUE,         -- where it is polled
    state          TEXT NOT NULL,                -- candidate, followed, ended, done, none
    title          TEXT NOT NULL DEFAULT '',
    etag           TEXT,
    last_modified  TEXT,
    body_hash      TEXT,
    next_poll_at   BIGINT,                       -- NULL: not polled any more
    answered_at    BIGINT,
    failures       BIGINT NOT NULL DEFAULT 0,    -- in a row
    problem        TEXT,
    newest_at      BIGINT,                       -- when its newest update was published, or else seen
    signs          TEXT NOT NULL DEFAULT '{}',   -- JSON: what has told of its end so far
    ended_at       BIGINT,
    ended_by       TEXT NOT NULL DEFAULT '',     -- the sign that told of its end
    successor_url  TEXT,
    created_at     BIGINT NOT NULL
);
CREATE INDEX live_blogs_due ON live_blogs (next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE TABLE live_topics (
    topic_id      BIGINT PRIMARY KEY REFERENCES topics (topic_id),
    live_blog_id  BIGINT NOT NULL REFERENCES live_blogs (live_blog_id),
    recapped_to   TEXT,                          -- the last local date that has its recap
    closed_case   BIGINT                         -- the case by which we closed it; NULL: we did not
);
CREATE INDEX live_topics_of_blog ON live_topics (live_blog_id, topic_id);

CREATE TABLE updates (
    update_id      BIGINT PRIMARY KEY,
    live_blog_id   BIGINT NOT NULL REFERENCES live_blogs (live_blog_id),
    update_key     TEXT NOT NULL,
    content        TEXT NOT NULL,                -- JSON: the entry as it is shown
    content_hash   TEXT NOT NULL,
    published_at   BIGINT,
    first_seen_at  BIGINT NOT NULL,
    revisions      BIGINT NOT NULL DEFAULT 0,    -- that were shown
    missing        BIGINT NOT NULL DEFAULT 0,    -- readings in a row that should have it and do not
    UNIQUE (live_blog_id, update_key)
);

CREATE TABLE update_messages (
    topic_id   BIGINT NOT NULL REFERENCES topics (topic_id),
    update_id  BIGINT NOT NULL REFERENCES updates (update_id),
    record_id  BIGINT NOT NULL REFERENCES messages (record_id),
    PRIMARY KEY (topic_id, update_id)
);
CREATE INDEX update_messages_of_record ON update_messages (record_id);
