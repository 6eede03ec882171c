create schema dashboard;

create table dashboard.audit (
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

create table dashboard.audit_head (
  only_row boolean not null default true,
  number bigint not null,
  hash bytea not null,
  constraint audit_head_only_row_check CHECK (only_row),
  constraint audit_head_pkey PRIMARY KEY (only_row)
);

create table dashboard.batch (
  id bigint not null generated always as identity,
  stage text not null,
  topic text not null,
  partition integer not null,
  at timestamp with time zone not null,
  duration_ms real not null,
  events integer not null,
  outcomes jsonb not null,
  keys integer[] not null,
  told bytea not null,
  constraint batch_pkey PRIMARY KEY (id)
);

create table dashboard.epoch (
  single boolean not null default true,
  epoch bigint not null,
  server_start timestamp with time zone,
  system text,
  log_at numeric,
  constraint epoch_pkey PRIMARY KEY (single),
  constraint epoch_single_check CHECK (single)
);

create table dashboard.filtered (
  cause text not null,
  outcome text not null,
  at timestamp with time zone not null default now()
);

create table dashboard.finding (
  id text not null,
  state text not null,
  stage text not null,
  cause text not null,
  source text,
  huvudman text,
  subject text,
  since timestamp with time zone not null,
  must_act text not null,
  at timestamp with time zone not null default now(),
  constraint finding_pkey PRIMARY KEY (id)
);

create table dashboard.inbox (
  source text not null,
  id text not null,
  at timestamp with time zone not null default now(),
  constraint inbox_pkey PRIMARY KEY (source, id)
);

create table dashboard.migration (
  id integer not null default nextval('dashboard.migration_id_seq'::regclass),
  timestamp bigint not null,
  name character varying not null,
  constraint PK_3043fc6b8af7c99b8b98830094f PRIMARY KEY (id)
);

create table dashboard.outbox (
  id bigint not null generated always as identity,
  topic text not null,
  key text not null,
  headers text not null,
  value text,
  cause text not null,
  constraint outbox_pkey PRIMARY KEY (id)
);

create table dashboard.parked (
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

create table dashboard.position (
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  cluster text not null,
  halted text,
  constraint position_pkey PRIMARY KEY (topic, partition)
);

create table dashboard.process (
  id text not null,
  stage text not null,
  started_at timestamp with time zone not null,
  at timestamp with time zone not null,
  ended boolean not null default false,
  constraint process_pkey PRIMARY KEY (id)
);

create table dashboard.retry (
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

create table dashboard.stage (
  stage text not null,
  at timestamp with time zone not null,
  parked jsonb not null default '[]'::jsonb,
  constraint stage_pkey PRIMARY KEY (stage)
);

CREATE INDEX audit_about ON dashboard.audit USING btree (about, number);
CREATE INDEX batch_at ON dashboard.batch USING btree (at);
CREATE INDEX batch_keys ON dashboard.batch USING gin (keys);
CREATE INDEX filtered_at ON dashboard.filtered USING brin (at);
CREATE INDEX finding_open ON dashboard.finding USING btree (cause, since) WHERE (state = 'opened'::text);
CREATE INDEX inbox_at ON dashboard.inbox USING brin (at);
CREATE INDEX parked_asked ON dashboard.parked USING btree (id) WHERE ((state = 'parked'::text) AND (asked IS NOT NULL));
CREATE INDEX parked_awaits ON dashboard.parked USING btree (awaits) WHERE (state = 'parked'::text);
CREATE INDEX parked_cause_group ON dashboard.parked USING btree (cause_group, retry, id) WHERE (state = 'parked'::text);
CREATE INDEX parked_due ON dashboard.parked USING btree (LEAST(due, asked)) WHERE (state = 'parked'::text);
CREATE INDEX parked_key ON dashboard.parked USING btree (key, id) WHERE (state = 'parked'::text);
CREATE INDEX parked_retry ON dashboard.parked USING btree (retry, id) WHERE (retry > 0);
CREATE INDEX parked_subject ON dashboard.parked USING btree (subject) WHERE (state = 'parked'::text);
CREATE INDEX parked_untold ON dashboard.parked USING btree (id) WHERE ((subject IS NOT NULL) AND (told <> (state = 'parked'::text)));
CREATE UNIQUE INDEX retry_under_way ON dashboard.retry USING btree (((ended_at IS NULL))) WHERE (ended_at IS NULL);
