import { toBinaryHeaders, type Envelope } from '#canonical';
import { structuredEvent } from './structured-event.js';

describe('an event in the feed', () => {
  it('has every attribute that the topic’s headers have, and the payload as it is', () => {
    const envelope: Envelope = {
      id: 'e1',
      source: 'urn:elevnav:publish',
      type: 'se.elevnav.person.updated',
      subject: 'p1',
      sequence: '0000000001-0000000000000007',
      huvudman: 'malmo00001',
      schoolunit: '12345678',
    };
    const headers = JSON.stringify(toBinaryHeaders(envelope));
    expect(JSON.parse(structuredEvent(headers, '{"person":{"id":"p1"}}'))).toEqual({
      specversion: '1.0',
      ...envelope,
      datacontenttype: 'application/json',
      data: { person: { id: 'p1' } },
    });
  });
});
