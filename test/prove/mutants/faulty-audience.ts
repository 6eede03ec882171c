import type { mergeClaims } from '../../../apps/normalise/src/claim/merge-claims.js';
import type { allowed } from '../../../apps/publish/src/allow-list.js';
import type { matchAccess } from '../../../apps/publish/src/match-access.js';
import type { matchPerson } from '../../../apps/publish/src/match-person.js';
import { faulty, type FaultyRule } from './stand-in.js';

const PUBLISH = 'apps/publish/src';
const telling = { file: `${PUBLISH}/match-person`, rule: 'matchPerson' };

/** Who may see what: design §8, and rule 8 of §6. */
export const FAULTY_AUDIENCE: readonly FaultyRule[] = [
  faulty<typeof matchAccess>('the old huvudman is told the new school', {
    breaks: '§8',
    file: `${PUBLISH}/match-access`,
    rule: 'matchAccess',
    make: (real) => (event, subject, context) => {
      const { entry, from } = event.data.change;
      const messages = real(event, subject, context);
      if (!entry || !from || entry.huvudman === from.huvudman) return messages;
      return messages.map((message) => ({
        ...message,
        data: { ...message.data, to: entry.schoolUnit },
      }));
    },
  }),
  faulty<typeof allowed>('every field of a thing leaves', {
    breaks: '§8',
    file: `${PUBLISH}/allow-list`,
    rule: 'allowed',
    make: () => (thing) => thing,
  }),
  faulty<typeof matchPerson>('everybody concerned is told of every event', {
    breaks: '§8',
    ...telling,
    make: (real) => (event, subject, context) => {
      const messages = real(event, subject, context);
      const [first] = messages;
      const others = event.data.person.eppns.map(({ huvudman }) => huvudman);
      const missing = [...new Set(others)].filter(
        (one) => !messages.some(({ huvudman }) => huvudman === one),
      );
      return first === undefined
        ? messages
        : [...messages, ...missing.map((huvudman) => ({ ...first, huvudman }))];
    },
  }),
  faulty<typeof matchPerson>('of a protected person all is told', {
    breaks: '§6.8',
    ...telling,
    make: (real) => (event, subject, context) => {
      const person = { ...event.data.person, securityMarking: 'Ingen' as const };
      return real({ ...event, data: { ...event.data, person } } as typeof event, subject, context);
    },
  }),
  faulty<typeof mergeClaims>('the newest marking wins, not the strictest', {
    breaks: '§6.8',
    file: 'apps/normalise/src/claim/merge-claims',
    rule: 'mergeClaims',
    make: (real) => (id, claims, beside, units) => {
      const newest = [...claims].sort((one, other) => (one.modified > other.modified ? -1 : 1))[0]!;
      return {
        ...real(id, claims, beside, units),
        securityMarking: newest.content.securityMarking,
      };
    },
  }),
];
