import type { PupilRecord, TownHuvudman } from '../invent/town.js';
import { say, type Saying } from './source-event.js';
import { canvasOf } from './sources.js';

interface CanvasParts {
  readonly huvudman: TownHuvudman;
  readonly at: Date;
}

/** What one huvudman's Canvas says, as Live Events (standards §5.3). */
export function sayAccount(
  name: 'user_created' | 'user_updated',
  { localId, eppn, canvasUser }: PupilRecord,
  { huvudman, at }: CanvasParts,
): Saying {
  const data = {
    metadata: metadataOf(name, at),
    body: {
      created_at: '2026-01-01T08:00:00Z',
      updated_at: at.toISOString(),
      user_id: canvasUser,
      user_login: eppn ?? `${canvasUser}-new`,
      user_sis_id: localId,
      workflow_state: 'registered',
    },
  };
  return say(canvasOf(huvudman), `canvas.${name}`, { object: canvasUser, at, data });
}

export function sayCourseEnrolment(
  { canvasUser }: PupilRecord,
  course: { readonly enrolment: string; readonly id: string },
  { huvudman, at }: CanvasParts,
): Saying {
  const data = {
    metadata: metadataOf('enrollment_created', at),
    body: {
      enrollment_id: course.enrolment,
      user_id: canvasUser,
      course_id: course.id,
      type: 'StudentEnrollment',
      created_at: at.toISOString(),
      updated_at: at.toISOString(),
      workflow_state: 'active',
    },
  };
  return say(canvasOf(huvudman), 'canvas.enrollment_created', {
    object: course.enrolment,
    at,
    data,
  });
}

function metadataOf(name: string, at: Date): object {
  return { event_name: name, event_time: at.toISOString(), producer: 'canvas' };
}
