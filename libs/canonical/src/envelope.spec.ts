import { causationOf, fromBinaryHeaders, toBinaryHeaders, type Envelope } from './envelope.js';

const full: Envelope = {
  id: '4e1e1e3b-7ef8-5f94-8599-60feda224d0a',
  source: 'urn:elevnav:source:register-a',
  type: 'se.elevnav.enrolment.changed',
  subject: 'f12a9df6-1b38-559e-8b92-b2d701af1978',
  time: '2026-10-26T08:00:03.120Z',
  dataschema: 'urn:elevnav:schema:person:1',
  datacontenttype: 'application/json',
  partitionkey: 'f12a9df6-1b38-559e-8b92-b2d701af1978',
  sequence: '0000000001-0000000000000042',
  huvudman: 'kommuna1',
  schoolunit: '31279295',
  causationid: 'urn:elevnav:source:register-a 17',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};

/** As kafkajs gives headers back. */
function asBuffers(headers: Record<string, string>): Record<string, Buffer> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]),
  );
}

describe('an envelope', () => {
  it('comes back from headers as it went in, with every attribute and with the fewest', () => {
    expect(fromBinaryHeaders(asBuffers(toBinaryHeaders(full)))).toEqual({
      ok: true,
      envelope: full,
    });
    const least: Envelope = { id: '1', source: 'urn:elevnav:normalise', type: 'å' };
    expect(fromBinaryHeaders(asBuffers(toBinaryHeaders(least)))).toEqual({
      ok: true,
      envelope: { ...least, datacontenttype: 'application/json' },
    });
  });

  it('says its version and keeps the content type out of the attributes', () => {
    const headers = toBinaryHeaders(full);
    expect(headers).toMatchObject({ ce_specversion: '1.0', 'content-type': 'application/json' });
    expect(headers).not.toHaveProperty('ce_datacontenttype');
  });

  it('takes the first of a doubled header, and a null header as absent', () => {
    const read = fromBinaryHeaders({
      ce_id: [Buffer.from('first'), Buffer.from('second')],
      ce_source: 'urn:elevnav:source:register-a',
      ce_type: Buffer.from('se.elevnav.person.updated'),
      ce_subject: null,
      ce_time: [null, Buffer.from('2026-10-26T08:00:03Z')],
      ce_sequence: [],
      unheard: Buffer.from('of'),
    });
    expect(read).toEqual({
      ok: true,
      envelope: {
        id: 'first',
        source: 'urn:elevnav:source:register-a',
        type: 'se.elevnav.person.updated',
      },
    });
  });

  it.each([
    ['no headers', undefined, ['ce_id', 'ce_source', 'ce_type']],
    ['a null id', { ce_id: null, ce_source: 'a', ce_type: 'b' }, ['ce_id']],
    ['an empty type', { ce_id: '1', ce_source: 'a', ce_type: '' }, ['ce_type']],
    ['a null before the id', { ce_id: [null, 'x'], ce_source: 'a', ce_type: 'b' }, ['ce_id']],
  ])('names what is missing: %s', (_, headers, missing) => {
    expect(fromBinaryHeaders(headers)).toEqual({ ok: false, missing });
  });

  it('names an event by source and id', () => {
    expect(causationOf(full)).toBe(
      'urn:elevnav:source:register-a 4e1e1e3b-7ef8-5f94-8599-60feda224d0a',
    );
  });
});
