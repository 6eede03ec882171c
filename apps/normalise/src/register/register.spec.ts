import { createHmac } from 'node:crypto';
import { UnitHistory } from '../succession/unit-history.js';
import { personNames } from './hub-ids.js';
import { Register } from './register.js';

const keys = {
  digest: (purpose: string, text: string) =>
    createHmac('sha256', 'key').update(`${purpose}\n${text}`).digest('hex'),
  newPersonKey: () => Buffer.alloc(32),
  seal: () => Buffer.alloc(0),
  open: () => '',
};
const namesOf = (source: string, cause: string) => {
  const of = { source, localId: 'local', cause, numberDigest: 'aa' };
  const { byNumber, byClaim, byEvent } = personNames(of);
  return [byNumber!, byClaim, byEvent];
};

describe('a new person', () => {
  it('is the same one whichever huvudman sends the pupil first, as after a restore', () => {
    const one = new Register(keys, new UnitHistory(() => [])).newPerson(
      namesOf('register-a', 'event 1'),
    );
    const other = new Register(keys, new UnitHistory(() => [])).newPerson(
      namesOf('register-b', 'event 2'),
    );
    expect(other.id).toBe(one.id);
  });

  it('is not one that is there already: the number may have been another’s, the claim too', () => {
    const register = new Register(keys, new UnitHistory(() => []));
    const ids = [1, 2, 3].map(() => register.newPerson(namesOf('register-a', 'event 1')).id);
    expect(new Set(ids).size).toBe(3);
    expect(() => register.newPerson(namesOf('register-a', 'event 1'))).toThrow('names another');
    expect(register.newPerson(namesOf('register-a', 'event 2')).id).not.toBe(ids[2]);
  });
});
