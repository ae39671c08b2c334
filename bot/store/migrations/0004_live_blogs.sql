-- Live blogs: pages that are followed, their updates, and which message of which topic shows each.

CREATE TABLE live_blogs (
    live_blog_id   BIGINT PRIMARY KEY,
    link           TEXT NOT NULL UNIQUE,         -- canonical: one page, however it is linked
    url            TEXT NOT NULL,                -- where it is polled
    state          TEXT NOT NULL,                -- candidate, followed, ended, done, none
    title          TEXT NOT NULL DEFAULT '',
    etag           TEXT,
    last_modified  TEXT,
    body_hash      TEXT,                         -- of the last answer taken in: the same again is no news
    next_poll_at   BIGINT,                       -- NULL: not polled any more
    answered_at    BIGINT,
    failures       BIGINT NOT NULL DEFAULT 0,    -- in a row
    problem        TEXT,
    active_at      BIGINT,                       -- when its newest update was published, or else seen
    signs          TEXT NOT NULL DEFAULT '{}',   -- JSON: what has told of its end so far
    ended_at       BIGINT,
    ended_by       TEXT NOT NULL DEFAULT '',     -- the sign that told of its end
    successor_url  TEXT,
    has_older      BIGINT NOT NULL DEFAULT 0,    -- 1: the page leads to updates that it does not show
    revision       BIGINT NOT NULL DEFAULT 0,    -- counts what its topics may have to show
    created_at     BIGINT NOT NULL
);
CREATE INDEX live_blogs_due ON live_blogs (next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE TABLE live_topics (
    topic_id         BIGINT PRIMARY KEY REFERENCES topics (topic_id),
    live_blog_id     BIGINT NOT NULL REFERENCES live_blogs (live_blog_id),
    update_template  TEXT NOT NULL DEFAULT '',      -- where no subscription says
    publisher        TEXT NOT NULL DEFAULT '',   -- of one that was asked for by hand; else its subscription tells
    revision         BIGINT NOT NULL DEFAULT -1, -- of the live blog, as far as it is shown here
    shown_to         BIGINT NOT NULL DEFAULT 0,  -- the last update that was dealt with here
    title            TEXT NOT NULL DEFAULT '',   -- of the live blog, as last dealt with here
    recapped_to      TEXT,                       -- the last local date that has its recap
    usual_starter    TEXT,                       -- JSON: what the starter says but for the recap; NULL: it has none
    recap_hash       TEXT,                       -- of the starter with its recap
    ended_for        BIGINT,                     -- the end (ended_at) for which its close was planned
    closed_case      BIGINT,                     -- the case by which we closed it; NULL: we did not
    unfollowed_at    BIGINT                      -- when somebody ended the following here; NULL: nobody did
);
CREATE INDEX live_topics_of_blog ON live_topics (live_blog_id, topic_id);

CREATE TABLE updates (
    update_id      BIGINT PRIMARY KEY,           -- rises in the order in which they are shown
    live_blog_id   BIGINT NOT NULL REFERENCES live_blogs (live_blog_id),
    update_key     TEXT NOT NULL,
    content        TEXT NOT NULL,                -- JSON: the entry as it is shown
    content_hash   TEXT NOT NULL,
    prefix         TEXT NOT NULL DEFAULT '',     -- how one without a name of its own begins
    published_at   BIGINT,
    first_seen_at  BIGINT NOT NULL,
    revisions      BIGINT NOT NULL DEFAULT 0,    -- changes of what is shown of it
    missing        BIGINT NOT NULL DEFAULT 0,    -- readings in a row that should have it and do not
    UNIQUE (live_blog_id, update_key)
);
CREATE INDEX updates_of_blog ON updates (live_blog_id, update_id);

CREATE TABLE update_messages (
    topic_id   BIGINT NOT NULL REFERENCES topics (topic_id),
    update_id  BIGINT NOT NULL REFERENCES updates (update_id),
    record_id  BIGINT NOT NULL REFERENCES messages (record_id),
    revision   BIGINT NOT NULL,                  -- of the update, as the message shows it
    PRIMARY KEY (topic_id, update_id)
);
CREATE INDEX update_messages_of_record ON update_messages (record_id);
