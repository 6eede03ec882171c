import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { egilId, eventId, nationalId, uuidFromHex, uuidV5 } from './uuid.js';

describe('the national id of a unit, organisation, programme or test activity', () => {
  it.each([
    ['5567044268', '657ae6a4-2978-5fbe-b357-ba353c0f03b5'],
    ['31279295', 'fb22448b-b724-5e53-8a2c-d8b339206901'],
    ['EKJURV', 'f8bd4423-9693-51ed-a854-6e9984e6c2f7'],
    ['MATMAT01', '505c5ee0-7be4-560d-9c27-10ab0d96ac9a'],
  ])('of %s is the one that Skolverket documents', (code, id) => {
    expect(nationalId(code)).toBe(id);
  });

  it('is right for all test activities of February 2024', () => {
    const path = join(import.meta.dirname, '../data/dnp-provaktiviteter-2024-02.csv');
    const [, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
    const rows = lines.map((line) => line.split(','));
    expect(rows).toHaveLength(102);
    expect(rows.filter(([name, id]) => nationalId(name!) !== id)).toEqual([]);
  });
});

describe('the id that an EGIL client gives a unit', () => {
  it('is in the namespace of OIDs, and so another than the national one', () => {
    expect(egilId('31279295')).toBe('217514ee-bfa0-52a0-b635-4b77e2b75749');
    expect(egilId('31279295')).not.toBe(nationalId('31279295'));
  });
});

describe('a UUID made from a name', () => {
  it('is the one of RFC 9562, appendix A.4, in the namespace of domain names', () => {
    const domainNames = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    expect(uuidV5(domainNames, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('carries its version and variant, whatever the bytes', () => {
    expect(uuidFromHex('f'.repeat(64), 8)).toBe('ffffffff-ffff-8fff-bfff-ffffffffffff');
    expect(uuidFromHex('0'.repeat(32), 5)).toBe('00000000-0000-5000-8000-000000000000');
    const variants = [...'0123456789abcdef'].map((digit) => uuidFromHex(digit.repeat(32), 8)[19]);
    expect(variants.join('')).toBe('89ab89ab89ab89ab');
  });

  it('is another for another cause, stage, subject or ordinal, and the same when made again', () => {
    const made = [
      eventId('urn:a 1', 'normalise', 's', 0),
      eventId('urn:a 2', 'normalise', 's', 0),
      eventId('urn:a 1', 'test-access', 's', 0),
      eventId('urn:a 1', 'normalise', 't', 0),
      eventId('urn:a 1', 'normalise', 's', 1),
    ];
    expect(new Set(made).size).toBe(made.length);
    expect(eventId('urn:a 1', 'normalise', 's', 0)).toBe(made[0]);
  });
});
