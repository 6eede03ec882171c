import type { Static } from '@sinclair/typebox';
import type {
  AccountAsserted, CourseMembershipAsserted, CourseMembershipState, CourseMembershipStateAsserted,
} from '../facts.js'; // prettier-ignore
import { makeAdapter, message } from '../make-adapter.js';
import { localId, type Reading } from '../reading.js';
import { correct } from '../redact.js';
import { Enrollment, EnrollmentState, User, UserAccountAssociation } from './source-schema.js';

const account = { objectKind: 'account', objectIdAt: '/body/user_id' };
const membership = { objectKind: 'course-membership', objectIdAt: '/body/enrollment_id' };

/** Canvas' Live Events; see README.md. */
export const canvas = makeAdapter('canvas', 'learning-platform', [
  ...(['user_created', 'user_updated'] as const).map((name) =>
    message(`canvas.${name}`, {
      ...account,
      schema: User,
      carriesFullState: true,
      read: (data, reading) => [readUser(name, data, reading)],
    }),
  ),
  ...(['enrollment_created', 'enrollment_updated'] as const).map((name) =>
    message(`canvas.${name}`, {
      ...membership,
      schema: Enrollment,
      carriesFullState: true,
      read: (data, reading) => readEnrollment(name, data, reading),
    }),
  ),
  ...(['enrollment_state_created', 'enrollment_state_updated'] as const).map((name) =>
    message(`canvas.${name}`, {
      ...membership,
      schema: EnrollmentState,
      carriesFullState: false,
      read: (data, reading) => [readEnrollmentState(name, data, reading)],
    }),
  ),
  message('canvas.user_account_association_created', {
    ...account,
    schema: UserAccountAssociation,
    carriesFullState: false,
    // Which of Canvas' accounts a user belongs to says nothing that a student register does not say better.
    read: (data, reading) => {
      checkName('user_account_association_created', data.metadata, reading);
      return [];
    },
  }),
]);

interface Metadata {
  event_name: string;
  event_time: string;
}

/** The payload of one event under the type of another would be read wrongly. Also gives the time of the event. */
function checkName(name: string, metadata: Metadata, reading: Reading): string {
  if (metadata.event_name !== name) {
    reading.issue('/metadata/event_name', correct(`${name}, as the event's type says`));
  }
  return reading.instant('/metadata/event_time', metadata.event_time);
}

const EPPN = /^[^@\s]+@[^@\s]+$/;

function readUser(name: string, { metadata, body }: Static<typeof User>, reading: Reading) {
  const eventTime = checkName(name, metadata, reading);
  const states = ['pre_registered', 'registered', 'deleted'] as const;
  const state = reading.oneOf('/body/workflow_state', body.workflow_state, states);
  const login = body.user_login ?? '';
  const fact: AccountAsserted = {
    kind: 'account-asserted',
    localId: body.user_id,
    modified: reading.instantIfAny('/body/updated_at', body.updated_at) ?? eventTime,
    person: body.user_sis_id === undefined ? null : localId(body.user_sis_id),
    eppn: EPPN.test(login) ? login : null,
    state: state === 'deleted' ? 'deleted' : 'active',
  };
  return fact;
}

/** Canvas' base types of enrolment; a role of one's own has one of them as its base. */
const ROLES: Readonly<Record<string, CourseMembershipAsserted['role']>> = {
  StudentEnrollment: 'pupil',
  TeacherEnrollment: 'teacher',
  TaEnrollment: 'assistant',
  DesignerEnrollment: 'designer',
  ObserverEnrollment: 'observer',
};
/** The pretend pupil through whom a teacher looks at a course: nobody. */
const STUDENT_VIEW = 'StudentViewEnrollment';

function readEnrollment(
  name: string,
  { metadata, body }: Static<typeof Enrollment>,
  reading: Reading,
): CourseMembershipAsserted[] {
  const eventTime = checkName(name, metadata, reading);
  const type = reading.oneOf('/body/type', body.type, [...Object.keys(ROLES), STUDENT_VIEW]);
  const fact: CourseMembershipAsserted = {
    kind: 'course-membership-asserted',
    localId: body.enrollment_id,
    modified: reading.instantIfAny('/body/updated_at', body.updated_at) ?? eventTime,
    account: body.user_id,
    course: body.course_id,
    role: ROLES[type] ?? 'observer',
    state: readState('/body/workflow_state', body.workflow_state, reading),
  };
  return type === STUDENT_VIEW ? [] : [fact];
}

function readEnrollmentState(
  name: string,
  { metadata, body }: Static<typeof EnrollmentState>,
  reading: Reading,
): CourseMembershipStateAsserted {
  return {
    kind: 'course-membership-state-asserted',
    localId: body.enrollment_id,
    modified: checkName(name, metadata, reading),
    state: readState('/body/state', body.state, reading),
  };
}

const STATES: Readonly<Record<string, CourseMembershipState>> = {
  active: 'active',
  completed: 'completed',
  deleted: 'deleted',
  rejected: 'deleted',
  inactive: 'inactive',
  creation_pending: 'pending',
  invited: 'pending',
  pending_active: 'pending',
  pending_invited: 'pending',
};

function readState(pointer: string, state: string, reading: Reading): CourseMembershipState {
  return STATES[reading.oneOf(pointer, state, Object.keys(STATES))] ?? 'pending';
}
