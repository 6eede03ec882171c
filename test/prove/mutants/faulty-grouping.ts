import type { resolve } from '../../../apps/normalise/src/decide/identify-person.js';
import type { keepApart } from '../../../apps/normalise/src/decide/keep-apart.js';
import type { mergePersons } from '../../../apps/normalise/src/decide/merge-persons.js';
import type { separatePersons } from '../../../apps/normalise/src/decide/separate-persons.js';
import type { resolveIdentity } from '../../../apps/normalise/src/identity/resolve-identity.js';
import { faulty, type FaultyRule } from './stand-in.js';

const NORMALISE = 'apps/normalise/src';
const identity = { file: `${NORMALISE}/identity/resolve-identity`, rule: 'resolveIdentity' };

/** Who is one person with whom: TF numbers, merges, and skyddad folkbokföring. */
export const FAULTY_GROUPING: readonly FaultyRule[] = [
  faulty<typeof resolve>('a TF number matches across huvudmän', {
    breaks: '§5 TF number',
    file: `${NORMALISE}/decide/identify-person`,
    rule: 'resolve',
    make: (real) => (item, stated, held, around) => {
      if (stated.civicNumber?.kind !== 'tf') return real(item, stated, held, around);
      const civicNumber = { ...stated.civicNumber, kind: 'personnummer' as const };
      const number = { ok: true, number: civicNumber } as const;
      return real({ ...item, number }, { ...stated, civicNumber }, held, around);
    },
  }),
  faulty<typeof mergePersons>('whoever turns out to be one stays two', {
    breaks: '§5 merge',
    file: `${NORMALISE}/decide/merge-persons`,
    rule: 'mergePersons',
    make: () => () => [],
  }),
  faulty<typeof resolveIdentity>('skyddad folkbokföring is matched all the same', {
    breaks: '§6.8',
    ...identity,
    make: (real) => (question) =>
      real({
        ...question,
        isHidden: false,
        candidates: question.candidates.map((one) => ({ ...one, securityMarking: 'Ingen' })),
      }),
  }),
  faulty<typeof resolveIdentity>('a marking that is lifted joins nobody again', {
    breaks: '§6.8',
    ...identity,
    make: (real) => (question) =>
      real(question.known === undefined ? question : { ...question, candidates: [] }),
  }),
  faulty<typeof keepApart>('who gets skyddad folkbokföring stays one with the others', {
    breaks: '§6.8',
    file: `${NORMALISE}/decide/keep-apart`,
    rule: 'keepApart',
    make: () => (_item, known) => ({ ...known, announcements: [] }),
  }),
  faulty<typeof resolveIdentity>('what a human has separated joins again', {
    breaks: '§5 separation',
    ...identity,
    make: (real) => (question) => {
      const { answer, candidates } = question;
      return real({
        ...question,
        answer: answer === 'different-persons' ? undefined : answer,
        candidates: candidates.map((one) => ({ ...one, isApartFrom: () => false })),
      });
    },
  }),
  faulty<typeof resolveIdentity>('a human’s answer changes nothing', {
    breaks: '§5 contradiction',
    ...identity,
    make: (real) => (question) => real({ ...question, answer: undefined }),
  }),
  faulty<typeof resolveIdentity>('who a human tells apart is joined', {
    breaks: '§5 contradiction',
    ...identity,
    make: (real) => (question) =>
      real(question.answer === undefined ? question : { ...question, answer: 'same-person' }),
  }),
  faulty<typeof resolveIdentity>('a new identity stays with the old one', {
    breaks: '§5 new identity',
    ...identity,
    make: (real) => (question) => {
      const { answer, known } = question;
      const isOther = known?.numberBefore === 'personnummer' && answer === 'different-persons';
      return real(isOther ? { ...question, answer: 'same-person' } : question);
    },
  }),
  faulty<typeof separatePersons>('a separation is told before the marking is', {
    breaks: '§6.8',
    file: `${NORMALISE}/decide/separate-persons`,
    rule: 'separatePersons',
    make:
      (real) =>
      (from, claims, { names, register }) =>
        real(from, claims, { names, register }),
  }),
];
