-- News: options of subscriptions, moved and quarantined feeds, revised entries, one topic for a link in a channel.

ALTER TABLE feeds ADD COLUMN body_hash TEXT;                              -- of the last answer taken in: the same again is no news
ALTER TABLE feeds ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN moved_to TEXT;                               -- where permanent redirects led lately …
ALTER TABLE feeds ADD COLUMN moved_count BIGINT NOT NULL DEFAULT 0;       -- … how often in a row
ALTER TABLE feeds ADD COLUMN quarantined_at BIGINT;                       -- NULL: trusted. Else nothing of it is posted
ALTER TABLE feeds ADD COLUMN period BIGINT;                               -- ms that its entries lately lay apart
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
    feed_id     BIGINT NOT NULL,
    topic_id    BIGINT NOT NULL REFERENCES topics (topic_id),
    PRIMARY KEY (channel_id, link)
);

ALTER TABLE topics ADD COLUMN given_name TEXT;                            -- the name we gave it last; another one is a person's
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
