import type { SourceSetting } from '#canonical';
import { HuvudmanKeys, type ReceivedEvent } from '#stage';
import { receiptAt } from '../claim/order-claims.js';
import { SOURCES, person } from '../decide/testing/given-register.js';
import { prepareFact } from './source-fact.js';

describe('the marking of a pupil of whom a source says none', () => {
  const keys = new HuvudmanKeys({
    identityKey: Buffer.alloc(32, 1),
    masterKeys: [{ id: 'test', key: Buffer.alloc(32, 2) }],
  });
  const markingBy = (marking: SourceSetting['contract']['marking'], said: object = {}) => {
    const [register] = SOURCES;
    const source = { ...register!, contract: { ...register!.contract, marking } };
    const event = { envelope: { id: '1', source: 'urn:elevnav:source:sis', type: 'any' } };
    const receipt = receiptAt(new Date('2026-12-01T12:00:00Z'));
    const fact = person('elev-1', '2026-11-01', said);
    return prepareFact(event as ReceivedEvent, fact, { source, receipt, keys }).securityMarking;
  };

  it.each([
    ['field', 'Ingen'],
    ['filtered', 'Ingen'],
    ['separate-list', 'Sekretessmarkering'],
    ['not-stated', 'Sekretessmarkering'],
  ] as const)('is by a contract that says %s: %s', (marking, wanted) => {
    expect(markingBy(marking)).toBe(wanted);
  });

  it('is what the source says, whatever its contract', () => {
    expect(markingBy('not-stated', { securityMarking: 'Ingen' })).toBe('Ingen');
  });
});
