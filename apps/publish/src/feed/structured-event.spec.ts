import { toBinaryHeaders, type Envelope } from '#canonical';
import { structuredEvent } from './structured-event.js';

describe('an event in the feed', () => {
  const envelope: Envelope = {
    id: 'e1',
    source: 'urn:elevnav:publish',
    type: 'se.elevnav.person.updated',
    subject: 'p1',
    sequence: '0000000001-0000000000000007',
    huvudman: 'malmo00001',
    schoolunit: '12345678',
  };
  const row = {
    id: 1,
    topic: 'huvudman.malmo00001.events',
    key: 'p1',
    headers: JSON.stringify(toBinaryHeaders(envelope)),
    value: '{"person":{"id":"p1"}}',
    cause: 'urn:elevnav:source:register-malmo 17',
  };

  it('has every attribute that the topic’s headers have, and the payload as it is', () => {
    const told = structuredEvent(row)!;
    expect(told).toMatchObject({
      huvudman: 'malmo00001',
      id: 'e1',
      subject: 'p1',
      cause: row.cause,
    });
    expect(JSON.parse(told.event)).toEqual({
      specversion: '1.0',
      ...envelope,
      datacontenttype: 'application/json',
      data: { person: { id: 'p1' } },
    });
  });

  it('is not made of what goes to other topics', () => {
    expect(structuredEvent({ ...row, topic: 'findings' })).toBeUndefined();
  });
});
