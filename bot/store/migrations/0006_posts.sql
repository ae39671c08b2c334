-- News that people posted by hand: what an entry is to the news of a feed. Its case tells who did.

CREATE TABLE posts (
    topic_id   BIGINT PRIMARY KEY REFERENCES topics (topic_id),
    title      TEXT NOT NULL,
    link       TEXT,
    publisher  TEXT NOT NULL DEFAULT ''
);
