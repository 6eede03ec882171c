import { checkCivicNumber, type CivicNumber } from './check-civic-number.js';
import {
  agrees,
  resolveIdentity,
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

const candidate = (overrides: Partial<NonNullable<IdentityQuestion['candidate']>> = {}) => ({
  person: 'person-1',
  securityMarking: 'Ingen' as const,
  huvudmen: ['kommunen1'],
  identities: () => [asta],
  ...overrides,
});

const ask = (overrides: Partial<IdentityQuestion>) =>
  resolveIdentity({
    huvudman: 'friskola1',
    stated: asta,
    securityMarking: 'Ingen',
    known: undefined,
    candidate: undefined,
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
    expect(ask({ stated, candidate: candidate() })).toMatchObject({
      is: 'matched',
      person: 'person-1',
    });
  });

  it('is never settled by the number alone: without an agreeing name a human must look', () => {
    const stated = { ...asta, givenName: 'Bo', familyName: 'Annan' };
    expect(ask({ stated, candidate: candidate() }).is).toBe('contradiction');
  });

  it('is not settled when the birth dates differ, whatever the names say', () => {
    const stated = { ...asta, birthDate: '2010-03-15' };
    expect(ask({ stated, candidate: candidate() }).is).toBe('contradiction');
  });

  it('never matches across huvudmän on a TF number', () => {
    const tf = { ...asta, civicNumber: number('20100314TF01') };
    const other = candidate({ identities: () => [tf] });
    expect(ask({ stated: tf, candidate: other })).toEqual({ is: 'new', numberScope: 'huvudman' });
    expect(ask({ stated: tf, huvudman: 'kommunen1', candidate: other }).is).toBe('matched');
  });

  it.each([
    [
      'the new school says so',
      { securityMarking: 'Skyddad folkbokföring' as const, candidate: candidate() },
    ],
    [
      'the old school said so',
      { candidate: candidate({ securityMarking: 'Skyddad folkbokföring' }) },
    ],
  ])('is a new person with skyddad folkbokföring when %s', (_who, question) => {
    expect(ask(question)).toEqual({ is: 'new', numberScope: 'huvudman' });
  });

  it('with sekretessmarkering is matched inside the hub', () => {
    const marked = { securityMarking: 'Sekretessmarkering' as const, candidate: candidate() };
    expect(ask(marked).is).toBe('matched');
  });

  it('stays the same person when a TF number becomes a personnummer that nobody has', () => {
    const known = { person: 'person-7', numberBefore: 'provisional' as const };
    expect(ask({ known })).toMatchObject({ is: 'known', person: 'person-7' });
  });

  it('is for a human when the new personnummer belongs to somebody else', () => {
    const known = { person: 'person-7', numberBefore: 'provisional' as const };
    expect(ask({ known, candidate: candidate() }).is).toBe('contradiction');
  });

  it('is for an authorised human when a personnummer changes: it may be a new protected identity', () => {
    const known = { person: 'person-7', numberBefore: 'personnummer' as const };
    expect(ask({ known }).is).toBe('contradiction');
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
