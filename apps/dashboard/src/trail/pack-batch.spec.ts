import fc from 'fast-check';
import { keyOf, packBatch, unpackBatch } from './pack-batch.js';

describe('a batch of the trail', () => {
  const events = [
    {
      cause: 'urn:elevnav:source:register-malmo 17',
      type: 't',
      subject: 'p1',
      outcome: 'published' as const,
    },
    {
      cause: 'urn:elevnav:source:register-malmo 18',
      type: 't',
      outcome: 'parked' as const,
      detail: 'bad-data x',
    },
    {
      cause: 'urn:elevnav:source:register-malmo 19',
      type: 't',
      subject: 'p1',
      outcome: 'published' as const,
    },
  ];

  it('is packed to be found by the event’s own id and by person, and comes out whole', () => {
    const { keys, outcomes, told } = packBatch(events);
    for (const id of ['18', 'p1']) expect(keys).toContain(keyOf(id));
    expect(new Set(keys).size).toBe(keys.length);
    expect(outcomes).toEqual({ published: 2, parked: 1 });
    expect(unpackBatch(told)).toEqual(events);
  });

  it('has keys that fit PostgreSQL’s int', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const key = keyOf(text);
        expect(Number.isInteger(key) && key >= -(2 ** 31) && key < 2 ** 31).toBe(true);
      }),
    );
  });
});
