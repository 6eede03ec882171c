create schema test_access;

create table test_access.audit (
  number bigint not null,
  at timestamp with time zone not null,
  client text not null,
  subject text not null,
  role text,
  huvudman text,
  acr text,
  action text not null,
  about text not null,
  outcome text not null,
  hash bytea not null,
  detail text,
  constraint audit_pkey PRIMARY KEY (number)
);

create table test_access.audit_head (
  only_row boolean not null default true,
  number bigint not null,
  hash bytea not null,
  constraint audit_head_only_row_check CHECK (only_row),
  constraint audit_head_pkey PRIMARY KEY (only_row)
);

create table test_access.entry_eppn (
  eppn bytea not null,
  huvudman text not null,
  person uuid not null,
  constraint entry_eppn_pkey PRIMARY KEY (eppn, person, huvudman)
);

create table test_access.epoch (
  single boolean not null default true,
  epoch bigint not null,
  server_start timestamp with time zone,
  system text,
  log_at numeric,
  constraint epoch_pkey PRIMARY KEY (single),
  constraint epoch_single_check CHECK (single)
);

create table test_access.filtered (
  cause text not null,
  outcome text not null,
  at timestamp with time zone not null default now()
);

create table test_access.group_member (
  teaching_group uuid not null,
  person uuid not null,
  start_date date not null,
  end_date date not null,
  constraint group_member_pkey PRIMARY KEY (teaching_group, person)
);

create table test_access.inbox (
  source text not null,
  id text not null,
  at timestamp with time zone not null default now(),
  constraint inbox_pkey PRIMARY KEY (source, id)
);

create table test_access.migration (
  id integer not null default nextval('test_access.migration_id_seq'::regclass),
  timestamp bigint not null,
  name character varying not null,
  constraint PK_3043fc6b8af7c99b8b98830094f PRIMARY KEY (id)
);

create table test_access.outbox (
  id bigint not null generated always as identity,
  topic text not null,
  key text not null,
  headers text not null,
  value text,
  cause text not null,
  constraint outbox_pkey PRIMARY KEY (id)
);

create table test_access.parked (
  id bigint not null generated always as identity,
  topic text not null,
  partition integer not null,
  record_offset bigint not null,
  key text not null,
  cause text not null,
  type text,
  source text,
  code text not null,
  cause_group text not null,
  issues jsonb not null,
  awaits text,
  headers jsonb not null,
  value bytea,
  state text not null default 'parked'::text,
  attempts integer not null default 0,
  due timestamp with time zone,
  at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  subject text,
  told boolean not null default false,
  retry bigint not null default 0,
  asked timestamp with time zone,
  constraint parked_pkey PRIMARY KEY (id)
);

create table test_access.person_access (
  person uuid not null,
  last_sequence text not null,
  emitted bigint not null,
  facts json not null,
  state json not null,
  next_due timestamp with time zone,
  postponed_by text[],
  constraint person_access_pkey PRIMARY KEY (person)
);

create table test_access.position (
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  cluster text not null,
  halted text,
  constraint position_pkey PRIMARY KEY (topic, partition)
);

create table test_access.replay (
  single boolean not null default true,
  cause text not null,
  asked_at timestamp with time zone not null,
  phase text not null,
  passed text not null,
  replayed bigint not null,
  ended_at timestamp with time zone,
  stopped boolean not null default false,
  constraint replay_pkey PRIMARY KEY (single),
  constraint replay_single_check CHECK (single)
);

create table test_access.retry (
  number bigint not null generated always as identity,
  cause text not null,
  asked_at timestamp with time zone not null,
  cause_group text not null,
  event bigint,
  first_id bigint not null,
  last_id bigint not null,
  events integer not null,
  through integer not null default 0,
  parked_again integer not null default 0,
  outcome text,
  ended_at timestamp with time zone,
  constraint retry_pkey PRIMARY KEY (number)
);

create table test_access.rules (
  only_row boolean not null default true,
  digest text not null,
  swept_to uuid,
  decided_on date,
  constraint rules_only_row_check CHECK (only_row),
  constraint rules_pkey PRIMARY KEY (only_row)
);

create table test_access.stale_knowledge (
  id text not null,
  person uuid,
  source text,
  since timestamp with time zone not null,
  constraint stale_knowledge_check CHECK (((person IS NOT NULL) OR (source IS NOT NULL))),
  constraint stale_knowledge_pkey PRIMARY KEY (id)
);

create table test_access.teaching_activity (
  id uuid not null,
  last_sequence text not null,
  test_activity uuid,
  huvudman text not null,
  school_unit text,
  start_date date not null,
  end_date date not null,
  groups uuid[] not null,
  constraint teaching_activity_pkey PRIMARY KEY (id)
);

create table test_access.teaching_group (
  id uuid not null,
  last_sequence text not null,
  start_date date not null,
  end_date date not null,
  constraint teaching_group_pkey PRIMARY KEY (id)
);

CREATE INDEX audit_about ON test_access.audit USING btree (about, number);
CREATE INDEX filtered_at ON test_access.filtered USING brin (at);
CREATE INDEX group_member_person ON test_access.group_member USING btree (person);
CREATE INDEX inbox_at ON test_access.inbox USING brin (at);
CREATE INDEX parked_asked ON test_access.parked USING btree (id) WHERE ((state = 'parked'::text) AND (asked IS NOT NULL));
CREATE INDEX parked_awaits ON test_access.parked USING btree (awaits) WHERE (state = 'parked'::text);
CREATE INDEX parked_cause_group ON test_access.parked USING btree (cause_group, retry, id) WHERE (state = 'parked'::text);
CREATE INDEX parked_due ON test_access.parked USING btree (LEAST(due, asked)) WHERE (state = 'parked'::text);
CREATE INDEX parked_key ON test_access.parked USING btree (key, id) WHERE (state = 'parked'::text);
CREATE INDEX parked_retry ON test_access.parked USING btree (retry, id) WHERE (retry > 0);
CREATE INDEX parked_subject ON test_access.parked USING btree (subject) WHERE (state = 'parked'::text);
CREATE INDEX parked_untold ON test_access.parked USING btree (id) WHERE ((subject IS NOT NULL) AND (told <> (state = 'parked'::text)));
CREATE INDEX person_access_due ON test_access.person_access USING btree (next_due) WHERE (next_due IS NOT NULL);
CREATE INDEX person_access_postponed ON test_access.person_access USING btree (person) WHERE (postponed_by IS NOT NULL);
CREATE UNIQUE INDEX retry_under_way ON test_access.retry USING btree (((ended_at IS NULL))) WHERE (ended_at IS NULL);
CREATE INDEX stale_knowledge_person ON test_access.stale_knowledge USING btree (person);
CREATE INDEX teaching_activity_groups ON test_access.teaching_activity USING gin (groups) WHERE (test_activity IS NOT NULL);
