import type {
  endUnknown,
  matchEnrolments,
} from '../../../apps/normalise/src/claim/match-enrolments.js';
import type { mergeClaims } from '../../../apps/normalise/src/claim/merge-claims.js';
import type {
  addNewestList,
  addOlderList,
  addOlderRemoval,
} from '../../../apps/normalise/src/claim/order-lists.js';
import type { orderClaims } from '../../../apps/normalise/src/claim/order-claims.js';
import type { decideFact } from '../../../apps/normalise/src/decide/decide-fact.js';
import type { findUnit } from '../../../apps/normalise/src/decide/deciding.js';
import type { decidePersonRemoved } from '../../../apps/normalise/src/decide/decide-person-removed.js';
import type { resolveIdentity } from '../../../apps/normalise/src/identity/resolve-identity.js';
import type { matchAudience } from '../../../apps/publish/src/match-audience.js';
import { faulty, type FaultyRule } from './stand-in.js';

const NORMALISE = 'apps/normalise/src';

const order = { file: `${NORMALISE}/claim/order-claims`, rule: 'orderClaims' };
const identity = { file: `${NORMALISE}/identity/resolve-identity`, rule: 'resolveIdentity' };
const merging = { file: `${NORMALISE}/claim/merge-claims`, rule: 'mergeClaims' };
const lists = { file: `${NORMALISE}/claim/order-lists` };
const matching = { file: `${NORMALISE}/claim/match-enrolments`, rule: 'matchEnrolments' };

/** Design §5, bullet by bullet; what no pure rule decides (row locks), and what is not built (the brake), is not here. */
export const FAULTY_IDENTITY: readonly FaultyRule[] = [
  faulty<typeof matchAudience>('the hub’s id of a person is told', {
    breaks: '§5 ids',
    file: 'apps/publish/src/match-audience',
    rule: 'matchAudience',
    make: (real) => (hub, context) =>
      real(hub, context).map((message) => ({
        ...message,
        data: { ...message.data, hub: hub.subject },
      })),
  }),
  faulty<typeof resolveIdentity>('a number alone matches', {
    breaks: '§5 resolve',
    ...identity,
    make: (real) => (question) => {
      const { candidates, stated } = question;
      return real({
        ...question,
        candidates: candidates.map((one) => ({ ...one, identities: () => [stated] })),
      });
    },
  }),
  faulty<typeof resolveIdentity>('a number never matches', {
    breaks: '§5 resolve',
    ...identity,
    make: (real) => (question) => real({ ...question, candidates: [] }),
  }),
  faulty<typeof findUnit>('a source may enrol at anybody’s unit', {
    breaks: '§5 units',
    file: `${NORMALISE}/decide/deciding`,
    rule: 'findUnit',
    make: (real) => (item, ref, at, deciding) => {
      const found = real(item, ref, at, deciding);
      return found.ok || found.reason.code !== 'unit-not-yours' ? found : { ok: true, value: ref };
    },
  }),
  faulty<typeof mergeClaims>('only the newest claim counts', {
    breaks: '§5 claims',
    ...merging,
    make: (real) => (id, claims, beside, units) => {
      const newest = [...claims].sort((one, other) => (one.modified > other.modified ? -1 : 1));
      return real(id, newest.slice(0, 1), beside, units);
    },
  }),
  faulty<typeof resolveIdentity>('a changed number is taken as a correction', {
    breaks: '§5 contradiction',
    ...identity,
    make: (real) => (question) => {
      const { known } = question;
      if (known?.numberBefore !== 'personnummer') return real(question);
      return real({ ...question, known: { ...known, numberBefore: 'provisional' } });
    },
  }),
  faulty<typeof orderClaims>('older overwrites newer', {
    breaks: '§5 order',
    ...order,
    make: (real) => (incoming, held) =>
      real(incoming, held) === 'older' ? 'newer' : real(incoming, held),
  }),
  faulty<typeof orderClaims>('what was deleted comes back', {
    breaks: '§5 order',
    ...order,
    make: (real) => (incoming, held) => (held?.deleted ? 'newer' : real(incoming, held)),
  }),
  faulty<typeof matchEnrolments>('a corrected enrolment is another enrolment', {
    breaks: '§5 enrolments',
    ...matching,
    make: (real) => (held, asserted, terms) => ({
      named: real([], asserted, terms).named,
      unnamed: held,
    }),
  }),
  faulty<typeof endUnknown>('a withdrawn pupil’s enrolment goes on', {
    breaks: '§5 withdrawn',
    file: matching.file,
    rule: 'endUnknown',
    make: () => (enrolment) => enrolment,
  }),
  faulty<typeof addNewestList>('an enrolment that vanished goes on', {
    breaks: '§5 enrolments',
    ...lists,
    rule: 'addNewestList',
    make: (real) => (held, list, terms) => real(held, { ...list, completeness: 'delta' }, terms),
  }),
  faulty<typeof addOlderList>('a list that comes late is passed over', {
    breaks: '§6.6',
    ...lists,
    rule: 'addOlderList',
    make: () => (held) => held.asserted,
  }),
  faulty<typeof addOlderList>('what only a late list names ends on the day of the newest', {
    breaks: '§6.6',
    ...lists,
    rule: 'addOlderList',
    make: (real) => (held, list, terms) => {
      const { earlier, enrolments } = held.asserted;
      const times: readonly string[] = [];
      const asserted = { enrolments, ...(earlier && { earlier: { ...earlier, times } }) };
      return real({ ...held, asserted }, list, terms);
    },
  }),
  faulty<typeof addOlderRemoval>('a removal that comes late is passed over', {
    breaks: '§6.6',
    ...lists,
    rule: 'addOlderRemoval',
    make: () => (held) => held.asserted,
  }),
  faulty<typeof decidePersonRemoved>('a withdrawn pupil’s EPPN is forgotten', {
    breaks: '§5 withdrawn',
    file: `${NORMALISE}/decide/decide-person-removed`,
    rule: 'decidePersonRemoved',
    make: (real) => (item, deciding) => {
      const held = deciding.register.claims.get(`${item.source.id}\n${item.fact.localId}`);
      if (held !== undefined) held.asserted = { ...held.asserted, eppns: [] };
      return real(item, deciding);
    },
  }),
  faulty<typeof decideFact>('what misses its reference is dropped', {
    breaks: '§5 missing reference',
    file: `${NORMALISE}/decide/decide-fact`,
    rule: 'decideFact',
    make: (real) => (item, deciding) => {
      const verdict = real(item, deciding);
      const isMissing = verdict.is === 'parked' && verdict.reason.code === 'missing-reference';
      return isMissing ? { is: 'filtered', outcome: 'filtered:irrelevant' } : verdict;
    },
  }),
];
