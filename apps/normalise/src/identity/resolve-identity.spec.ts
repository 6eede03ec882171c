import { checkCivicNumber, type CivicNumber } from './check-civic-number.js';
import {
  agrees,
  resolveIdentity,
  type IdentityCandidate,
  type IdentityQuestion,
  type StatedIdentity,
} from './resolve-identity.js';

const number = (text: string): CivicNumber => {
  const check = checkCivicNumber(text);
  if (!check.ok) throw new Error(check.says);
  return check.number;
};

const asta: StatedIdentity = {
  givenName: 'Åsta Maria',
  familyName: 'Elevsson-Prov',
  birthDate: '2010-03-14',
  civicNumber: number('201003142385'),
};

const candidate = (overrides: Partial<IdentityCandidate> = {}): IdentityCandidate => ({
  person: 'person-1',
  securityMarking: 'Ingen' as const,
  huvudmen: ['kommunen1'],
  identities: () => [asta],
  isApartFrom: () => false,
  ...overrides,
});

const ask = (overrides: Partial<IdentityQuestion>) =>
  resolveIdentity({
    huvudman: 'friskola1',
    stated: asta,
    isHidden: false,
    known: undefined,
    candidates: [],
    answer: undefined,
    ...overrides,
  });

describe('who a source speaks of', () => {
  it('is the person whom its local id already names', () => {
    const known = { person: 'person-7', numberBefore: 'same' as const };
    expect(ask({ known })).toMatchObject({ is: 'known', person: 'person-7' });
  });

  it('is a new person when nobody has the number', () => {
    expect(ask({})).toEqual({ is: 'new', numberScope: 'everywhere' });
  });

  it('is the pupil of another huvudman when number, birth date and one name agree', () => {
    const stated = { ...asta, givenName: 'åsta', familyName: 'Nygift' };
    expect(ask({ stated, candidates: [candidate()] })).toMatchObject({
      is: 'matched',
      person: 'person-1',
    });
  });

  it('is never settled by the number alone: without an agreeing name a human must look', () => {
    const stated = { ...asta, givenName: 'Bo', familyName: 'Annan' };
    expect(ask({ stated, candidates: [candidate()] }).is).toBe('contradiction');
  });

  it('is not settled when the birth dates differ, whatever the names say', () => {
    const stated = { ...asta, birthDate: '2010-03-15' };
    expect(ask({ stated, candidates: [candidate()] }).is).toBe('contradiction');
  });

  it('never matches across huvudmän on a TF number', () => {
    const tf = { ...asta, civicNumber: number('20100314TF01') };
    const other = candidate({ identities: () => [tf] });
    expect(ask({ stated: tf, candidates: [other] })).toEqual({
      is: 'new',
      numberScope: 'huvudman',
    });
    expect(ask({ stated: tf, huvudman: 'kommunen1', candidates: [other] }).is).toBe('matched');
  });

  it.each([
    ['the new school says so', { isHidden: true, candidates: [candidate()] }],
    [
      'the old school said so',
      { candidates: [candidate({ securityMarking: 'Skyddad folkbokföring' })] },
    ],
  ])('is a new person with skyddad folkbokföring when %s', (_who, question) => {
    expect(ask(question)).toEqual({ is: 'new', numberScope: 'huvudman' });
  });

  it('with sekretessmarkering is matched inside the hub', () => {
    const marked = { candidates: [candidate({ securityMarking: 'Sekretessmarkering' })] };
    expect(ask(marked).is).toBe('matched');
  });

  it('stays the same person when a TF number becomes a personnummer that nobody has', () => {
    const known = { person: 'person-7', numberBefore: 'provisional' as const };
    expect(ask({ known })).toMatchObject({ is: 'known', person: 'person-7' });
  });

  it('is one person with the one whose personnummer a TF number became, when name and birth date agree', () => {
    const known = { person: 'person-7', numberBefore: 'provisional' as const };
    expect(ask({ known, candidates: [candidate()] })).toEqual({
      is: 'known',
      person: 'person-7',
      merge: ['person-1'],
      numberScope: 'everywhere',
    });
  });

  it('is for a human when the new personnummer belongs to somebody of another name', () => {
    const known = { person: 'person-7', numberBefore: 'provisional' as const };
    const stated = { ...asta, givenName: 'Bo', familyName: 'Annan' };
    expect(ask({ known, stated, candidates: [candidate()] })).toMatchObject({
      is: 'contradiction',
      asks: 'two-persons',
    });
  });

  it('joins those who were kept apart by a protection that is lifted, and not while one of them is protected', () => {
    const known = { person: 'person-7', numberBefore: 'same' as const };
    expect(ask({ known, candidates: [candidate()] })).toMatchObject({ merge: ['person-1'] });
    const guarded = candidate({ securityMarking: 'Skyddad folkbokföring' });
    expect(ask({ known, candidates: [guarded] })).toMatchObject({
      merge: [],
      numberScope: 'huvudman',
    });
  });

  it('is for an authorised human when a personnummer changes: it may be a new protected identity', () => {
    const known = { person: 'person-7', numberBefore: 'personnummer' as const };
    expect(ask({ known })).toMatchObject({ is: 'contradiction', asks: 'changed-number' });
  });
});

describe('what a human has answered', () => {
  const bo = { ...asta, givenName: 'Bo', familyName: 'Annan' };
  const known = { person: 'person-7', numberBefore: 'personnummer' as const };

  it('joins two who are unlike, as one person', () => {
    const candidates = [candidate()];
    expect(ask({ stated: bo, candidates, answer: 'same-person' })).toMatchObject({
      is: 'matched',
      person: 'person-1',
    });
    expect(
      ask({
        known: { ...known, numberBefore: 'none' },
        stated: bo,
        candidates,
        answer: 'same-person',
      }),
    ).toMatchObject({ is: 'known', person: 'person-7', merge: ['person-1'] });
  });

  it('keeps two apart for good: the number then names only one of them', () => {
    const candidates = [candidate()];
    expect(ask({ stated: bo, candidates, answer: 'different-persons' })).toEqual({
      is: 'new',
      numberScope: 'nobody',
    });
    expect(
      ask({ known: { ...known, numberBefore: 'same' }, candidates, answer: 'different-persons' }),
    ).toEqual({ is: 'known', person: 'person-7', merge: [], numberScope: 'nobody' });
  });

  it('a changed personnummer is a correction of the same person, or a new person', () => {
    expect(ask({ known, answer: 'same-person' })).toMatchObject({
      is: 'known',
      person: 'person-7',
    });
    expect(ask({ known, answer: 'different-persons' })).toEqual({
      is: 'new',
      numberScope: 'everywhere',
    });
    expect(ask({ known, candidates: [candidate()], answer: 'different-persons' })).toMatchObject({
      is: 'matched',
      person: 'person-1',
    });
  });

  it('a new identity with the number of somebody unlike is nobody known, and nothing more is asked', () => {
    const candidates = [candidate()];
    expect(ask({ known, stated: bo, candidates, answer: 'different-persons' })).toEqual({
      is: 'new',
      numberScope: 'nobody',
    });
  });
});

describe('two identities', () => {
  it('agree in composed and decomposed letters alike', () => {
    const decomposed = { ...asta, givenName: 'Åsta'.normalize('NFD'), familyName: 'X' };
    expect(agrees(asta, decomposed)).toBe(true);
  });

  it('without any birth date never agree', () => {
    const bare = { ...asta, birthDate: null, civicNumber: null };
    expect(agrees(bare, bare)).toBe(false);
  });
});
