-- WebSub (https://www.w3.org/TR/websub/): feeds whose hub pushes their news to us.

CREATE TABLE websub (
    feed_id      BIGINT PRIMARY KEY REFERENCES feeds (feed_id),
    hub_url      TEXT NOT NULL,
    topic_url    TEXT NOT NULL,                  -- what the hub calls the feed
    token        TEXT NOT NULL UNIQUE,           -- the secret part of the callback's address
    callback     TEXT NOT NULL DEFAULT '',       -- where the hub was told to deliver
    secret       TEXT NOT NULL,                  -- signs what the hub delivers
    state        TEXT NOT NULL,                  -- wanted, asked, active, denied, over
    lease_until  BIGINT,
    pushed_at    BIGINT,                         -- the last delivery
    due_at       BIGINT,                         -- when to ask the hub (again); NULL: not any more
    attempts     BIGINT NOT NULL DEFAULT 0,      -- that failed, in a row
    problem      TEXT
);
CREATE INDEX websub_due ON websub (due_at) WHERE due_at IS NOT NULL;
