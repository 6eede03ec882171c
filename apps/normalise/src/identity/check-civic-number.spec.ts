import { checkCivicNumber } from './check-civic-number.js';

describe('a civic number', () => {
  it('is a personnummer when its day exists and its check digit is right', () => {
    expect(checkCivicNumber('201003142385')).toEqual({
      ok: true,
      number: { kind: 'personnummer', text: '201003142385', birthDate: '2010-03-14' },
    });
  });

  it('is kept with twelve digits, without its separator', () => {
    expect(checkCivicNumber('20100314-2385')).toMatchObject({ number: { text: '201003142385' } });
  });

  it('is a samordningsnummer when the day is 60 too many, and tells the real birth day', () => {
    expect(checkCivicNumber('201301692388')).toMatchObject({
      number: { kind: 'samordningsnummer', birthDate: '2013-01-09' },
    });
  });

  it('may be a samordningsnummer of somebody whose birth month nobody knows', () => {
    expect(checkCivicNumber('200000672386')).toMatchObject({
      number: { kind: 'samordningsnummer', birthDate: null },
    });
    expect(checkCivicNumber('200000672387').ok).toBe(false);
  });

  it('may stand for somebody born in the nineteenth century, as volume data do', () => {
    expect(checkCivicNumber('189001019802')).toMatchObject({ number: { kind: 'personnummer' } });
  });

  it('may be a TF number, which has no check digit', () => {
    expect(checkCivicNumber('20130101TF01')).toEqual({
      ok: true,
      number: { kind: 'tf', text: '20130101TF01', birthDate: '2013-01-01' },
    });
  });

  it.each([
    ['a wrong check digit', '201003142386'],
    ['a day that does not exist', '201002302385'],
    ['ten digits, which leave the century open', '1003142385'],
    ['a TF number on a day that does not exist', '20130231TF01'],
    ['an interim number', '20100314T238'],
    ['an organisation number', '165567044268'],
    ['nothing at all', ''],
  ])('is refused with %s, and the number is not repeated', (_fault, given) => {
    const check = checkCivicNumber(given);
    expect(check.ok).toBe(false);
    if (!check.ok && given !== '') expect(check.says).not.toContain(given);
  });
});
