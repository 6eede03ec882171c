create schema publish;

create table publish.audit (
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

create table publish.audit_head (
  only_row boolean not null default true,
  number bigint not null,
  hash bytea not null,
  constraint audit_head_only_row_check CHECK (only_row),
  constraint audit_head_pkey PRIMARY KEY (only_row)
);

create table publish.epoch (
  single boolean not null default true,
  epoch bigint not null,
  server_start timestamp with time zone,
  system text,
  log_at numeric,
  constraint epoch_pkey PRIMARY KEY (single),
  constraint epoch_single_check CHECK (single)
);

create table publish.feed (
  huvudman text not null,
  epoch bigint not null,
  position bigint not null,
  event_id uuid not null,
  subject uuid not null,
  cause text not null,
  at timestamp with time zone not null default now(),
  headers text not null,
  value text not null,
  constraint feed_pkey PRIMARY KEY (huvudman, epoch, "position")
);

create table publish.feed_end (
  huvudman text not null,
  epoch bigint not null default 0,
  position bigint not null default 0,
  forgotten_epoch bigint not null default 0,
  forgotten_position bigint not null default 0,
  constraint feed_end_pkey PRIMARY KEY (huvudman)
);

create table publish.filtered (
  cause text not null,
  outcome text not null,
  at timestamp with time zone not null default now()
);

create table publish.inbox (
  source text not null,
  id text not null,
  at timestamp with time zone not null default now(),
  constraint inbox_pkey PRIMARY KEY (source, id)
);

create table publish.migration (
  id integer not null default nextval('publish.migration_id_seq'::regclass),
  timestamp bigint not null,
  name character varying not null,
  constraint PK_3043fc6b8af7c99b8b98830094f PRIMARY KEY (id)
);

create table publish.outbox (
  id bigint not null generated always as identity,
  topic text not null,
  key text not null,
  headers text not null,
  value text,
  cause text not null,
  constraint outbox_pkey PRIMARY KEY (id)
);

create table publish.parked (
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

create table publish.position (
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  cluster text not null,
  halted text,
  constraint position_pkey PRIMARY KEY (topic, partition)
);

create table publish.retry (
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

create table publish.view (
  huvudman text not null,
  subject uuid not null,
  hub_subject uuid not null,
  last_canonical text not null default ''::text,
  last_access text not null default ''::text,
  emitted bigint not null default 0,
  view json not null default 'null'::json,
  constraint view_pkey PRIMARY KEY (huvudman, subject)
);

CREATE INDEX audit_about ON publish.audit USING btree (about, number);
CREATE INDEX feed_at ON publish.feed USING brin (at);
CREATE INDEX filtered_at ON publish.filtered USING brin (at);
CREATE INDEX inbox_at ON publish.inbox USING brin (at);
CREATE INDEX parked_asked ON publish.parked USING btree (id) WHERE ((state = 'parked'::text) AND (asked IS NOT NULL));
CREATE INDEX parked_awaits ON publish.parked USING btree (awaits) WHERE (state = 'parked'::text);
CREATE INDEX parked_cause_group ON publish.parked USING btree (cause_group, retry, id) WHERE (state = 'parked'::text);
CREATE INDEX parked_due ON publish.parked USING btree (LEAST(due, asked)) WHERE (state = 'parked'::text);
CREATE INDEX parked_key ON publish.parked USING btree (key, id) WHERE (state = 'parked'::text);
CREATE INDEX parked_retry ON publish.parked USING btree (retry, id) WHERE (retry > 0);
CREATE INDEX parked_subject ON publish.parked USING btree (subject) WHERE (state = 'parked'::text);
CREATE INDEX parked_untold ON publish.parked USING btree (id) WHERE ((subject IS NOT NULL) AND (told <> (state = 'parked'::text)));
CREATE UNIQUE INDEX retry_under_way ON publish.retry USING btree (((ended_at IS NULL))) WHERE (ended_at IS NULL);
CREATE INDEX view_hub_subject ON publish.view USING btree (hub_subject);
