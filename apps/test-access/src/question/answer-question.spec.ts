import type { AccessEntry, AccessState } from '#canonical';
import {
  Followed,
  INDEPENDENT,
  MATHS,
  MUNICIPALITY,
  UNITS,
  duty,
  enrolment,
  eppn,
  reported,
} from '../rules/testing/given-person.js';
import { answerQuestion, type Holder } from './answer-question.js';
import { compareEppns, eppnDigest } from './entry-eppn.js';

const OURS = `a1@${MUNICIPALITY}.example`;
const THEIRS = `a1@${INDEPENDENT}.example`;
const REFUSED = { allowed: false, why: 'no-usable-entry', entries: [] };

function holder(access: AccessState, more: Partial<Holder> = {}): Holder {
  return { person: 'p', access, given: [], ...more };
}

function ask(asked: string, holders: readonly Holder[], huvudman?: string) {
  return answerQuestion(asked, holders, {
    huvudman,
    publicId: (id, hubId) => `${id}'s ${hubId}`,
  });
}

/** A pupil with a begun test who has joined another school, which has not given an EPPN yet. */
function inBetween(): Followed {
  return new Followed('2026-11-10').learns({
    eppns: [eppn(MUNICIPALITY)],
    enrolments: [
      enrolment(MUNICIPALITY, '2026-08-18', { endDate: '2026-11-09' }),
      enrolment(INDEPENDENT, '2026-11-10'),
    ],
    tests: [reported('begun', '2026-11-09T08:00:00Z')],
  });
}

describe('whoever asks about an EPPN', () => {
  it('learns where, as what, with which assurance, for which tests, and what the entry stands by', () => {
    const pupil = new Followed('2026-11-10').learns({
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [enrolment(MUNICIPALITY, '2026-08-18')],
    });
    const { access } = pupil.record;
    const { answer, person } = ask(OURS.toUpperCase(), [holder(access)]);
    expect(person).toBe('p');
    expect(answer).toEqual({
      allowed: true,
      why: 'usable-entry',
      entries: [
        {
          id: access.entries[0]!.id,
          schoolUnit: UNITS[MUNICIPALITY],
          schoolType: 'GR',
          role: 'pupil',
          requiredAssurance: 'none',
          tests: [
            {
              id: `${MUNICIPALITY}'s ${access.tests[0]!.id}`,
              activity: MATHS,
              state: 'assigned',
              windowStart: '2026-11-09',
              windowEnd: '2026-11-20',
            },
          ],
          because: { held: 'enrolment', since: access.entries[0]!.since, until: undefined },
        },
      ],
    });
  });

  it('learns nothing of a join elsewhere: the entry that is held until then looks like a bridge', () => {
    const { access } = inBetween().record;
    expect(access.entries.map(({ held }) => held)).toContain('make-before-break');
    const { answer } = ask(OURS, [holder(access)]);
    expect(answer.entries).toMatchObject([
      { because: { held: 'bridged' }, tests: [{ state: 'begun' }] },
    ]);
    expect(JSON.stringify(answer)).not.toContain(INDEPENDENT);
    expect(ask(THEIRS, [holder(access)]).answer).toEqual(REFUSED);
  });

  it('on behalf of one huvudman learns of its own entries only', () => {
    const { access } = inBetween().record;
    expect(ask(OURS, [holder(access)], MUNICIPALITY).answer.allowed).toBe(true);
    expect(ask(OURS, [holder(access)], INDEPENDENT).answer).toEqual(REFUSED);
  });

  it('is not offered a test that was submitted', () => {
    const pupil = inBetween().learns({ tests: [reported('submitted', '2026-11-09T10:00:00Z')] });
    const entries = ask(OURS, [holder(pupil.record.access)]).answer.entries;
    expect(entries.map(({ tests }) => tests)).toEqual([[]]);
  });

  it('sees both units of a principal of two, and no test of the pupils’', () => {
    const principal = new Followed('2026-11-10').learns({
      eppns: [eppn(MUNICIPALITY)],
      duties: [
        duty(MUNICIPALITY, '2026-08-01', { dutyRole: 'Rektor' }),
        duty(MUNICIPALITY, '2026-08-01', { dutyRole: 'Rektor', schoolUnit: '44444444' }),
      ],
    });
    const { entries } = ask(OURS, [holder(principal.record.access)]).answer;
    expect(entries.map(({ schoolUnit }) => schoolUnit)).toEqual([UNITS[MUNICIPALITY], '44444444']);
    expect(entries).toMatchObject(
      entries.map(() => ({ role: 'principal', requiredAssurance: 'loa3', tests: [] })),
    );
  });
});

describe('an EPPN that several persons have entries with', () => {
  const { access } = inBetween().record;
  const given = [eppn(MUNICIPALITY)];

  it('is whose a source says it is', () => {
    const holders = [holder(access), holder(access, { person: 'q', given })];
    expect(ask(OURS, holders)).toMatchObject({ person: 'q', answer: { allowed: true }, isAmbiguous: false }); // prettier-ignore
  });

  it('lets nobody in when none or several sources say so', () => {
    for (const holders of [
      [holder(access), holder(access, { person: 'q' })],
      [holder(access, { given }), holder(access, { person: 'q', given })],
    ]) {
      expect(ask(OURS, holders)).toEqual({ answer: REFUSED, isAmbiguous: true });
    }
  });
});

describe('the index of EPPNs', () => {
  const entry = (address: string | null, huvudman = MUNICIPALITY) =>
    ({ eppn: address, huvudman }) as AccessEntry;
  const words = (change: ReturnType<typeof compareEppns>) => ({
    gone: change.gone.map(({ huvudman }) => huvudman),
    come: change.come.map(({ huvudman }) => huvudman),
  });

  it('is told of what has come and gone, once, and of no entry without an EPPN', () => {
    const before = [entry(OURS), entry(OURS), entry(null)];
    const after = [entry(OURS), entry(THEIRS, INDEPENDENT), entry(THEIRS, INDEPENDENT)];
    expect(words(compareEppns('p', before, after))).toEqual({ gone: [], come: [INDEPENDENT] });
    expect(words(compareEppns('p', after, []))).toEqual({
      gone: [MUNICIPALITY, INDEPENDENT],
      come: [],
    });
  });

  it('does not heed case', () => {
    expect(eppnDigest('ÅSA@Skola.example')).toEqual(eppnDigest('åsa@skola.example'));
    const change = compareEppns('p', [entry(OURS)], [entry(OURS.toUpperCase())]);
    expect(words(change)).toEqual({ gone: [], come: [] });
  });
});
