-- The whole of part one: feeds, entries, topics with their messages, cases.
--
-- Written in the subset that SQLite >= 3.35 and PostgreSQL share. BIGINT because PostgreSQL's INTEGER is 32 bits.
-- Ids of ours are made by us. Columns ending in _at are milliseconds since 1970 in UTC.
-- Ids of Discord keep Discord's names: guild_id, channel_id, thread_id, message_id.

CREATE TABLE feeds (
    feed_id        BIGINT PRIMARY KEY,
    url            TEXT NOT NULL UNIQUE,
    title          TEXT NOT NULL DEFAULT '',
    link           TEXT,
    etag           TEXT,
    last_modified  TEXT,
    next_poll_at   BIGINT,                      -- NULL: not polled any more
    polled_at      BIGINT,                      -- the last try
    answered_at    BIGINT,                      -- the last try that brought a feed or a 304
    failures       BIGINT NOT NULL DEFAULT 0,   -- in a row
    problem        TEXT                         -- what the operator was told last; NULL: nothing is wrong
);
CREATE INDEX feeds_due ON feeds (next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE TABLE subscriptions (
    subscription_id  BIGINT PRIMARY KEY,
    feed_id          BIGINT NOT NULL REFERENCES feeds (feed_id),
    channel_id       BIGINT NOT NULL,
    origin           TEXT NOT NULL,             -- 'file': owned by the configuration file
    post_last        BIGINT NOT NULL DEFAULT 0,
    tags             TEXT NOT NULL DEFAULT '[]',-- JSON list of forum tag names
    mention_role_id  BIGINT,
    seeded_at        BIGINT,                    -- when its first poll was taken in; NULL: not yet
    removed_at       BIGINT,                    -- kept for the history of its topics
    UNIQUE (feed_id, channel_id)
);

CREATE TABLE entries (
    entry_id       BIGINT PRIMARY KEY,
    feed_id        BIGINT NOT NULL REFERENCES feeds (feed_id),
    entry_key      TEXT NOT NULL,
    guid           TEXT,
    link           TEXT,
    title          TEXT NOT NULL,
    published_at   BIGINT,
    first_seen_at  BIGINT NOT NULL,
    UNIQUE (feed_id, entry_key)
);

CREATE TABLE entry_aliases (
    feed_id   BIGINT NOT NULL REFERENCES feeds (feed_id),
    alias     TEXT NOT NULL,
    entry_id  BIGINT NOT NULL REFERENCES entries (entry_id),
    PRIMARY KEY (feed_id, alias)
);

CREATE TABLE topics (
    topic_id         BIGINT PRIMARY KEY,
    guild_id         BIGINT,
    channel_id       BIGINT NOT NULL,           -- the forum or channel it stands in
    thread_id        BIGINT UNIQUE,             -- NULL: Discord has not confirmed a thread yet
    name             TEXT NOT NULL,
    entry_id         BIGINT REFERENCES entries (entry_id),              -- NULL: made by people
    subscription_id  BIGINT REFERENCES subscriptions (subscription_id),
    tags             TEXT NOT NULL DEFAULT '[]',
    state            TEXT NOT NULL,             -- wanted: open, closed, gone
    shown            TEXT NOT NULL,             -- last known to be shown: pending, open, closed
    archived         BIGINT NOT NULL DEFAULT 0, -- 0 or 1, as last seen
    rearchive        BIGINT NOT NULL DEFAULT 0, -- 0 or 1
    due_at           BIGINT,                    -- when to work on it; NULL: Discord shows what is wanted
    attempts         BIGINT NOT NULL DEFAULT 0, -- that failed, in a row
    problem          TEXT,                      -- why it is stuck, for the operator
    created_at       BIGINT NOT NULL,
    UNIQUE (entry_id, subscription_id)
);
CREATE INDEX topics_due ON topics (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX topics_due_in_channel ON topics (channel_id, topic_id) WHERE due_at IS NOT NULL;
CREATE INDEX topics_of_guild ON topics (guild_id, topic_id);

CREATE TABLE messages (
    record_id     BIGINT PRIMARY KEY,
    topic_id      BIGINT NOT NULL REFERENCES topics (topic_id),
    kind          TEXT NOT NULL,                -- starter, notice
    wanted        TEXT NOT NULL,                -- JSON: the message as it should be
    wanted_hash   TEXT NOT NULL,
    shown_hash    TEXT,                         -- of the message as Discord confirmed it
    message_id    BIGINT,                       -- NULL: not confirmed
    attempted     TEXT,                         -- JSON: what was sent and not answered yet
    attempted_at  BIGINT,                       -- set before a request, cleared by its answer
    withdrawn     BIGINT NOT NULL DEFAULT 0     -- 1: do not send any more
);
CREATE INDEX messages_of_topic ON messages (topic_id, record_id);

CREATE TABLE cases (
    case_id       BIGINT PRIMARY KEY,
    guild_id      BIGINT NOT NULL,
    number        BIGINT NOT NULL,              -- counts up in each guild
    topic_id      BIGINT NOT NULL REFERENCES topics (topic_id),
    verb          TEXT NOT NULL,                -- close, reopen, …
    actor_id      BIGINT,                       -- NULL: unknown
    actor_name    TEXT NOT NULL DEFAULT '',
    reason        TEXT NOT NULL DEFAULT '',
    state_before  TEXT NOT NULL,
    state_after   TEXT NOT NULL,
    outcome       TEXT NOT NULL,                -- pending, done, or why it failed
    created_at    BIGINT NOT NULL,
    UNIQUE (guild_id, number)
);
CREATE INDEX cases_of_topic ON cases (topic_id, case_id);

CREATE TABLE channel_problems (
    channel_id  BIGINT PRIMARY KEY,
    problem     TEXT NOT NULL,                  -- what the operator was told
    since_at    BIGINT NOT NULL
);
