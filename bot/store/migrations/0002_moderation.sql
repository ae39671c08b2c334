-- Moderation: timers, policies, wishes for a thread's other properties, notes, recommended posts, richer cases.

-- What a thread should be besides open or closed. A row goes when Discord shows it.
CREATE TABLE wishes (
    topic_id  BIGINT NOT NULL REFERENCES topics (topic_id),
    aspect    TEXT NOT NULL,                    -- name, tags, slowmode, pinned, archived
    wanted    TEXT NOT NULL,                    -- JSON: text, list of tag names, seconds, true or false
    due_at    BIGINT NOT NULL,                  -- not before: two renames in ten minutes are all that Discord allows
    attempts  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (topic_id, aspect)
);

ALTER TABLE topics ADD COLUMN owner_id BIGINT;                    -- who made the thread
ALTER TABLE topics ADD COLUMN pinned BIGINT NOT NULL DEFAULT 0;   -- 0 or 1, as last seen
ALTER TABLE topics ADD COLUMN renamed TEXT NOT NULL DEFAULT '[]'; -- JSON: moments of our last two renames
ALTER TABLE topics ADD COLUMN exempt_until BIGINT;                -- no auto-close before this
ALTER TABLE topics ADD COLUMN reopened_at BIGINT;                 -- its policy's time runs anew from here
ALTER TABLE topics ADD COLUMN disarmed BIGINT NOT NULL DEFAULT 0; -- 1: a person reopened it by hand, no auto-close
ALTER TABLE topics ADD COLUMN confirmed_at BIGINT;                -- when Discord last confirmed a change of ours
ALTER TABLE topics ADD COLUMN suspended_at BIGINT;                -- out of reach since then: its timers stand still
ALTER TABLE topics ADD COLUMN moved_from BIGINT;                  -- the thread it goes on from
CREATE UNIQUE INDEX topics_moved ON topics (moved_from, channel_id) WHERE moved_from IS NOT NULL;
CREATE INDEX topics_awake ON topics (guild_id, topic_id) WHERE archived = 0 AND state <> 'gone';
CREATE INDEX topics_suspended ON topics (guild_id) WHERE suspended_at IS NOT NULL;
CREATE INDEX topics_of_channel ON topics (channel_id, topic_id);

-- At most one live timer for a topic and kind. `generation` tells a re-armed timer from the one that was armed before.
CREATE TABLE timers (
    timer_id     BIGINT PRIMARY KEY,
    topic_id     BIGINT NOT NULL REFERENCES topics (topic_id),
    guild_id     BIGINT NOT NULL,
    kind         TEXT NOT NULL,                 -- close, reopen, slowmode, idle, age, hours
    due_at       BIGINT NOT NULL,
    generation   BIGINT NOT NULL DEFAULT 0,
    state        TEXT NOT NULL,                 -- pending, leased, done, cancelled, failed
    lease_until  BIGINT,                        -- of a leased one: not to be rung again before
    attempts     BIGINT NOT NULL DEFAULT 0,
    owner_id     BIGINT,                        -- who armed it; NULL: the policy
    owner_name   TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT '',
    recurrence   TEXT NOT NULL DEFAULT '',      -- local time and zone of a repeating timer
    payload      TEXT NOT NULL DEFAULT '{}',    -- JSON: what the kind needs, such as the slow mode to put back
    created_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX timers_live ON timers (topic_id, kind) WHERE state IN ('pending', 'leased');
CREATE INDEX timers_due ON timers (due_at) WHERE state = 'pending';
CREATE INDEX timers_live_of_guild ON timers (guild_id, topic_id) WHERE state IN ('pending', 'leased');
CREATE INDEX timers_leased ON timers (lease_until) WHERE state = 'leased';

-- One row for each setting; channel_id 0 is the whole guild.
CREATE TABLE policy_settings (
    guild_id    BIGINT NOT NULL,
    channel_id  BIGINT NOT NULL,
    setting     TEXT NOT NULL,
    value       TEXT NOT NULL,
    set_by      BIGINT,
    set_at      BIGINT NOT NULL,
    PRIMARY KEY (guild_id, channel_id, setting)
);

ALTER TABLE cases ADD COLUMN changes TEXT NOT NULL DEFAULT '{}';  -- JSON: {aspect: [before, after]}
ALTER TABLE cases ADD COLUMN batch_id BIGINT;                     -- cases of one bulk action share it
ALTER TABLE cases ADD COLUMN undone_by BIGINT;                    -- the case_id that took it back
CREATE INDEX cases_of_actor ON cases (guild_id, actor_id, case_id);
CREATE INDEX cases_of_batch ON cases (batch_id) WHERE batch_id IS NOT NULL;

-- A case as the staff channel shows it: a row for each case that was made while there was such a channel.
CREATE TABLE staff_messages (
    case_id       BIGINT PRIMARY KEY REFERENCES cases (case_id),
    guild_id      BIGINT NOT NULL,
    channel_id    BIGINT,                       -- where it stands; NULL: not sent yet
    message_id    BIGINT,
    shown_hash    TEXT,                         -- of the message as Discord confirmed it
    attempted     TEXT,                         -- JSON: what was sent to channel_id and not answered yet
    attempted_at  BIGINT,
    due_at        BIGINT,                       -- when to work on it; NULL: it shows the case as it is
    revision      BIGINT NOT NULL DEFAULT 0     -- grows with every change of the case
);
CREATE INDEX staff_messages_due ON staff_messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX staff_messages_of_guild ON staff_messages (guild_id, case_id) WHERE due_at IS NOT NULL;

-- Who changed the reason of a case afterwards, and what it was.
CREATE TABLE case_edits (
    edit_id      BIGINT PRIMARY KEY,
    case_id      BIGINT NOT NULL REFERENCES cases (case_id),
    editor_id    BIGINT,
    editor_name  TEXT NOT NULL,
    before       TEXT NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE INDEX case_edits_of_case ON case_edits (case_id, edit_id);

-- Bulk actions: proposed, then done, then perhaps undone.
CREATE TABLE batches (
    batch_id    BIGINT PRIMARY KEY,
    guild_id    BIGINT NOT NULL,
    actor_id    BIGINT NOT NULL,
    actor_name  TEXT NOT NULL,
    action      TEXT NOT NULL,                  -- close, reopen
    reason      TEXT NOT NULL,
    silent      BIGINT NOT NULL,                -- 1: without notices
    thread_ids  TEXT NOT NULL,                  -- JSON list
    state       TEXT NOT NULL,                  -- proposed, done, undone
    created_at  BIGINT NOT NULL
);

CREATE TABLE notes (
    note_id      BIGINT PRIMARY KEY,
    topic_id     BIGINT NOT NULL REFERENCES topics (topic_id),
    author_id    BIGINT NOT NULL,
    author_name  TEXT NOT NULL,
    text         TEXT NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE INDEX notes_of_topic ON notes (topic_id, note_id);

CREATE TABLE recommendations (
    topic_id        BIGINT NOT NULL REFERENCES topics (topic_id),
    message_id      BIGINT NOT NULL,
    author_id       BIGINT,
    author_name     TEXT NOT NULL,
    excerpt         TEXT NOT NULL,
    recommended_by  BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (topic_id, message_id)
);

-- What a person chose for themselves: the zone in which they type times.
CREATE TABLE people (
    user_id  BIGINT PRIMARY KEY,
    zone     TEXT NOT NULL
);

CREATE TABLE appeals (
    appeal_id    BIGINT PRIMARY KEY,
    guild_id     BIGINT NOT NULL,
    topic_id     BIGINT NOT NULL REFERENCES topics (topic_id),
    author_id    BIGINT NOT NULL,
    author_name  TEXT NOT NULL,
    text         TEXT NOT NULL,
    state        TEXT NOT NULL,                 -- open, accepted, declined, lapsed
    decided_by   BIGINT,
    locale       TEXT NOT NULL,                 -- the person's language
    guild_locale TEXT NOT NULL,                 -- the staff's
    channel_id   BIGINT NOT NULL,               -- the staff's
    message_id   BIGINT,                        -- NULL: not confirmed
    shown        TEXT,                          -- the state that the staff's message is known to show
    attempted_at BIGINT,                        -- set before it is sent, cleared by the answer
    told         BIGINT NOT NULL DEFAULT 0,     -- 1: the person was, perhaps, told of the decision
    attempts     BIGINT NOT NULL DEFAULT 0,     -- that failed, in a row
    due_at       BIGINT,                        -- when to work on it; NULL: all is known
    created_at   BIGINT NOT NULL
);
CREATE INDEX appeals_due ON appeals (due_at) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX appeals_open ON appeals (topic_id, author_id) WHERE state = 'open';
