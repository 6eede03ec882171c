import { EppnText, InstantText, Uuid, kept } from '../source-values.js';

/** What a test platform sends about one pupil and one test; the hub's own JSON, described in README.md. */
export const Report = kept({
  assignmentId: Uuid,
  eppn: EppnText,
  activity: Uuid,
  at: InstantText,
});
