create schema normalise;

create table normalise.answer (
  source text not null,
  local_id text not null,
  number_digest bytea not null,
  answer text not null,
  answered_by text not null,
  at timestamp with time zone not null default now(),
  constraint answer_answer_check CHECK ((answer = ANY (ARRAY['same-person'::text, 'different-persons'::text]))),
  constraint answer_pkey PRIMARY KEY (source, local_id)
);

create table normalise.audit (
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

create table normalise.audit_head (
  only_row boolean not null default true,
  number bigint not null,
  hash bytea not null,
  constraint audit_head_only_row_check CHECK (only_row),
  constraint audit_head_pkey PRIMARY KEY (only_row)
);

create table normalise.claim (
  source text not null,
  local_id text not null,
  person uuid,
  huvudman text not null,
  kind text not null,
  modified text not null,
  sequence text,
  deleted boolean not null,
  content bytea not null,
  doc json not null,
  sealed bytea,
  sealed_digest bytea,
  number_digest bytea,
  number_kind text,
  constraint claim_kind_check CHECK ((kind = ANY (ARRAY['register'::text, 'account'::text]))),
  constraint claim_person_fkey FOREIGN KEY (person) REFERENCES normalise.person(id),
  constraint claim_pkey PRIMARY KEY (source, local_id)
);

create table normalise.epoch (
  single boolean not null default true,
  epoch bigint not null,
  server_start timestamp with time zone,
  system text,
  log_at numeric,
  constraint epoch_pkey PRIMARY KEY (single),
  constraint epoch_single_check CHECK (single)
);

create table normalise.filtered (
  cause text not null,
  outcome text not null,
  at timestamp with time zone not null default now()
);

create table normalise.identifier (
  kind text not null,
  digest bytea not null,
  scope text not null,
  person uuid not null,
  held boolean not null,
  since timestamp with time zone not null default now(),
  huvudman text,
  constraint identifier_kind_check CHECK ((kind = ANY (ARRAY['civic'::text, 'eppn'::text]))),
  constraint identifier_person_fkey FOREIGN KEY (person) REFERENCES normalise.person(id),
  constraint identifier_pkey PRIMARY KEY (kind, digest, scope)
);

create table normalise.inbox (
  source text not null,
  id text not null,
  at timestamp with time zone not null default now(),
  constraint inbox_pkey PRIMARY KEY (source, id)
);

create table normalise.migration (
  id integer not null default nextval('normalise.migration_id_seq'::regclass),
  timestamp bigint not null,
  name character varying not null,
  constraint PK_3043fc6b8af7c99b8b98830094f PRIMARY KEY (id)
);

create table normalise.organisation (
  id text not null,
  emitted bigint not null,
  constraint organisation_pkey PRIMARY KEY (id)
);

create table normalise.outbox (
  id bigint not null generated always as identity,
  topic text not null,
  key text not null,
  headers text not null,
  value text,
  cause text not null,
  constraint outbox_pkey PRIMARY KEY (id)
);

create table normalise.parked (
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

create table normalise.person (
  id uuid not null,
  key bytea not null,
  emitted bigint not null,
  state json not null,
  merged_into uuid,
  dormant_since timestamp with time zone,
  apart_from uuid[] not null default '{}'::uuid[],
  status_held_since timestamp with time zone,
  constraint person_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES normalise.person(id),
  constraint person_pkey PRIMARY KEY (id)
);

create table normalise.position (
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  cluster text not null,
  halted text,
  constraint position_pkey PRIMARY KEY (topic, partition)
);

create table normalise.question (
  id text not null,
  source text not null,
  local_id text not null,
  number_digest bytea not null,
  since timestamp with time zone not null default now(),
  constraint question_pkey PRIMARY KEY (id)
);

create table normalise.replay (
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

create table normalise.retention_run (
  night date not null,
  mode text not null,
  state text not null,
  began_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  passed uuid not null,
  looked_at bigint not null default 0,
  erased bigint not null default 0,
  kept jsonb not null default '{}'::jsonb,
  questions bigint not null default 0,
  duration_ms bigint not null default 0,
  presence bigint not null default 0,
  constraint retention_run_mode_check CHECK ((mode = ANY (ARRAY['dry-run'::text, 'erase'::text]))),
  constraint retention_run_pkey PRIMARY KEY (night),
  constraint retention_run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'stopped'::text])))
);

create table normalise.retry (
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

create table normalise.rewrapping (
  single boolean not null default true,
  wrapped_by bytea not null,
  done_to uuid,
  constraint rewrapping_pkey PRIMARY KEY (single),
  constraint rewrapping_single_check CHECK (single)
);

create table normalise.school_unit (
  code text not null,
  id uuid not null,
  organisation_number text not null,
  status text not null,
  modified text not null,
  sequence text,
  content bytea not null,
  doc jsonb not null,
  emitted bigint not null,
  owners jsonb not null,
  egil_id uuid not null,
  constraint school_unit_egil_id_key UNIQUE (egil_id),
  constraint school_unit_id_key UNIQUE (id),
  constraint school_unit_pkey PRIMARY KEY (code)
);

create table normalise.source_heard (
  source text not null,
  first_seen timestamp with time zone not null,
  heard timestamp with time zone,
  silent_since timestamp with time zone,
  constraint source_heard_pkey PRIMARY KEY (source)
);

create table normalise.source_object (
  id uuid not null,
  kind text not null,
  source text not null,
  person uuid,
  modified text not null,
  sequence text,
  deleted boolean not null,
  content bytea not null,
  doc json,
  emitted bigint not null,
  last_day date,
  holder text,
  constraint source_object_kind_check CHECK ((kind = ANY (ARRAY['duty'::text, 'group'::text, 'activity'::text, 'presence'::text]))),
  constraint source_object_person_fkey FOREIGN KEY (person) REFERENCES normalise.person(id),
  constraint source_object_pkey PRIMARY KEY (id)
);

create table normalise.source_organisation (
  source text not null,
  local_id text not null,
  school_unit_code text,
  modified text not null,
  sequence text,
  deleted boolean not null,
  content bytea not null,
  doc jsonb,
  emitted bigint not null,
  constraint source_organisation_pkey PRIMARY KEY (source, local_id)
);

create table normalise.succession (
  school_unit text not null,
  cause text not null,
  traceparent text,
  told_at timestamp with time zone not null,
  huvudman text,
  horizon xid8,
  phase text not null,
  passed uuid not null,
  carried bigint not null,
  changed_at timestamp with time zone not null default now(),
  constraint succession_phase_check CHECK ((phase = ANY (ARRAY['groups'::text, 'persons'::text, 'done'::text]))),
  constraint succession_pkey PRIMARY KEY (school_unit)
);

CREATE INDEX audit_about ON normalise.audit USING btree (about, number);
CREATE INDEX claim_person ON normalise.claim USING btree (person);
CREATE INDEX filtered_at ON normalise.filtered USING brin (at);
CREATE INDEX identifier_person ON normalise.identifier USING btree (person);
CREATE INDEX inbox_at ON normalise.inbox USING brin (at);
CREATE INDEX parked_asked ON normalise.parked USING btree (id) WHERE ((state = 'parked'::text) AND (asked IS NOT NULL));
CREATE INDEX parked_awaits ON normalise.parked USING btree (awaits) WHERE (state = 'parked'::text);
CREATE INDEX parked_cause_group ON normalise.parked USING btree (cause_group, retry, id) WHERE (state = 'parked'::text);
CREATE INDEX parked_due ON normalise.parked USING btree (LEAST(due, asked)) WHERE (state = 'parked'::text);
CREATE INDEX parked_key ON normalise.parked USING btree (key, id) WHERE (state = 'parked'::text);
CREATE INDEX parked_retry ON normalise.parked USING btree (retry, id) WHERE (retry > 0);
CREATE INDEX parked_subject ON normalise.parked USING btree (subject) WHERE (state = 'parked'::text);
CREATE INDEX parked_untold ON normalise.parked USING btree (id) WHERE ((subject IS NOT NULL) AND (told <> (state = 'parked'::text)));
CREATE INDEX person_dormant ON normalise.person USING btree (id, dormant_since) WHERE (dormant_since IS NOT NULL);
CREATE INDEX person_merged_into ON normalise.person USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE UNIQUE INDEX retry_under_way ON normalise.retry USING btree (((ended_at IS NULL))) WHERE (ended_at IS NULL);
CREATE INDEX school_unit_organisation_number ON normalise.school_unit USING btree (organisation_number);
CREATE INDEX source_object_duty ON normalise.source_object USING btree (person) WHERE (kind = 'duty'::text);
CREATE INDEX source_object_person ON normalise.source_object USING btree (person);
CREATE INDEX source_object_presence ON normalise.source_object USING btree (source, last_day) WHERE (kind = 'presence'::text);
CREATE INDEX source_organisation_id ON normalise.source_organisation USING btree (((doc ->> 'id'::text))) WHERE (doc IS NOT NULL);
CREATE INDEX succession_open ON normalise.succession USING btree (told_at) WHERE (phase <> 'done'::text);
