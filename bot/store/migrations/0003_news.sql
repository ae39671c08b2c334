-- News: options of subscriptions, moved and quarantined feeds, revised entries, one topic for a link in a channel.

ALTER TABLE feeds ADD COLUMN body_hash TEXT;                              -- of the last answer taken in: the same again is no news
ALTER TABLE feeds ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN address TEXT;                                -- where it is asked; NULL: at its url
ALTER TABLE feeds ADD COLUMN moved_to TEXT;                               -- where permanent redirects led lately …
ALTER TABLE feeds ADD COLUMN moved_count BIGINT NOT NULL DEFAULT 0;       -- … how often in a row
ALTER TABLE feeds ADD COLUMN quarantined_at BIGINT;                       -- NULL: trusted. Else nothing of it is posted
ALTER TABLE feeds ADD COLUMN period BIGINT;                               -- ms that its entries lately lay apart
ALTER TABLE feeds ADD COLUMN ttl BIGINT;                                  -- ms that it wishes to be left alone
ALTER TABLE feeds ADD COLUMN polls BIGINT NOT NULL DEFAULT 0;             -- since the last one without conditions

ALTER TABLE subscriptions ADD COLUMN guild_id BIGINT;                     -- NULL: not known yet
ALTER TABLE subscriptions ADD COLUMN created_by BIGINT;                   -- NULL: the configuration file
ALTER TABLE subscriptions ADD COLUMN created_at BIGINT;
ALTER TABLE subscriptions ADD COLUMN paused_at BIGINT;
ALTER TABLE subscriptions ADD COLUMN filter TEXT NOT NULL DEFAULT '';
ALTER TABLE subscriptions ADD COLUMN name TEXT NOT NULL DEFAULT '';       -- stands for what the publisher calls it
ALTER TABLE subscriptions ADD COLUMN name_template TEXT NOT NULL DEFAULT '';
ALTER TABLE subscriptions ADD COLUMN starter_template TEXT NOT NULL DEFAULT '';
ALTER TABLE subscriptions ADD COLUMN update_template TEXT NOT NULL DEFAULT '';
ALTER TABLE subscriptions ADD COLUMN at_most BIGINT NOT NULL DEFAULT 20;  -- topics in an hour
ALTER TABLE subscriptions ADD COLUMN overflow TEXT NOT NULL DEFAULT 'delay';
ALTER TABLE subscriptions ADD COLUMN follow_live BIGINT NOT NULL DEFAULT 1;
CREATE INDEX subscriptions_of_guild ON subscriptions (guild_id, subscription_id) WHERE removed_at IS NULL;

ALTER TABLE entries ADD COLUMN content_hash TEXT;                         -- of what is shown of it; NULL: not known yet
ALTER TABLE entries ADD COLUMN revisions BIGINT NOT NULL DEFAULT 0;       -- that were shown
CREATE INDEX entries_of_feed ON entries (feed_id, entry_id);

-- What a page was posted as, so that a channel gets it once, whichever of its feeds brings it.
CREATE TABLE channel_links (
    channel_id  BIGINT NOT NULL,
    link        TEXT NOT NULL,                  -- canonical
    feed_id     BIGINT,                         -- that brought it; NULL: none, it was asked for by hand
    topic_id    BIGINT NOT NULL REFERENCES topics (topic_id),
    PRIMARY KEY (channel_id, link)
);

-- Entries that one topic lists together, because their hour had had its topics.
CREATE TABLE digest_entries (
    subscription_id  BIGINT NOT NULL REFERENCES subscriptions (subscription_id),
    entry_id         BIGINT NOT NULL REFERENCES entries (entry_id),
    topic_id         BIGINT NOT NULL REFERENCES topics (topic_id),
    PRIMARY KEY (subscription_id, entry_id)
);
CREATE INDEX digest_entries_of_topic ON digest_entries (topic_id, entry_id);

-- What the staff of a channel is still to be told; told, it goes.
CREATE TABLE alerts (
    alert_id      BIGINT PRIMARY KEY,
    channel_id    BIGINT NOT NULL,              -- of the news concerned: its guild's staff channel is told
    template      TEXT NOT NULL,                -- a marked text …
    params        TEXT NOT NULL,                -- … and, as JSON, what fills it
    due_at        BIGINT NOT NULL,
    attempted     TEXT,                         -- JSON: the message that was perhaps sent …
    attempted_to  BIGINT,                       -- … and to which channel
    attempted_at  BIGINT,
    created_at    BIGINT NOT NULL
);
CREATE INDEX alerts_due ON alerts (due_at);

ALTER TABLE topics ADD COLUMN given_name TEXT;                            -- the name we wished for last; another one is a person's
ALTER TABLE topics ADD COLUMN planned_at BIGINT;                          -- when it is to be posted; NULL: when it was made
CREATE INDEX topics_of_subscription ON topics (subscription_id, topic_id) WHERE subscription_id IS NOT NULL;

-- What a moderator was shown and may say yes to by a button, also after a restart.
CREATE TABLE proposals (
    proposal_id  BIGINT PRIMARY KEY,
    guild_id     BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,               -- nobody else may
    payload      TEXT NOT NULL,                 -- JSON
    created_at   BIGINT NOT NULL
);
CREATE INDEX proposals_by_age ON proposals (created_at);
