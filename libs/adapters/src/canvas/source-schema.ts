import { Type, type TProperties } from '@sinclair/typebox';
import { InstantText, Text, YesOrNo, kept } from '../source-values.js';

/** What Canvas sends: Live Events in Canvas' own JSON, the whole of `metadata` and `body` (standards §5.3). Ids are texts. */

const METADATA_DROPPED = [
  'client_ip', 'context_account_id', 'context_id', 'context_role', 'context_sis_source_id', 'context_type', 'developer_key_id',
  'hostname', 'http_method', 'job_id', 'job_tag', 'producer', 'referrer', 'request_id', 'root_account_id',
  'root_account_lti_guid', 'root_account_uuid', 'session_id', 'time_zone', 'url', 'user_account_id', 'user_agent', 'user_id',
  'user_login', 'user_sis_id',
]; // prettier-ignore

function liveEvent<P extends TProperties>(body: P, dropped: readonly string[]) {
  return kept({
    metadata: kept({ event_name: Text, event_time: InstantText }, METADATA_DROPPED),
    body: kept(body, dropped),
  });
}

export const User = liveEvent(
  {
    user_id: Text,
    user_login: Type.Optional(Text),
    user_sis_id: Type.Optional(Text),
    updated_at: Type.Optional(InstantText),
    workflow_state: Text,
  },
  ['created_at', 'name', 'short_name', 'uuid'],
);

export const Enrollment = liveEvent(
  {
    enrollment_id: Text,
    user_id: Text,
    course_id: Text,
    type: Text,
    updated_at: Type.Optional(InstantText),
    workflow_state: Text,
  },
  [
    'associated_user_id', 'course_section_id', 'created_at', 'limit_privileges_to_course_section', 'user_name',
  ], // prettier-ignore
);

export const EnrollmentState = liveEvent({ enrollment_id: Text, state: Text }, [
  'access_is_current', 'restricted_access', 'state_is_current', 'state_started_at', 'state_valid_until',
]); // prettier-ignore

export const UserAccountAssociation = liveEvent(
  { user_id: Text, account_id: Text, is_admin: Type.Optional(YesOrNo) },
  ['account_uuid', 'created_at', 'updated_at'],
);
