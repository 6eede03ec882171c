import type { Statement, UnitOfWork } from '#stage';
import { decideErase } from '../decide/decide-erase.js';
import { lockAndFill, saveRegister } from '../register/load-register.js';
import type { RegisterKeys } from '../register/register-keys.js';
import { Register } from '../register/register.js';
import { UnitHistory } from '../succession/unit-history.js';
import { tellAnnouncements } from '../tell-announcements.js';

const SOURCE = 'urn:elevnav:normalise';
/** Nobody is erased twice, so that the ids of the events are the same however often they are made, and in whichever night. */
const OCCASION = 'retention';
const ACTOR = { clientId: 'retention', subject: 'retention' };

/** Duties and reports are locked before persons, as everywhere; a pupil may have thousands, so that no more than their number comes back. */
const LOCK_OBJECTS: Statement = {
  name: 'normalise.lock-objects-of-persons',
  text: `
    select count(*) from (
      select from normalise.source_object where person = any($1::uuid[]) order by id for update) as locked`,
};

/** Persons under their locks, of whom some are to be erased before the unit commits. */
export class ErasablePersons {
  private constructor(
    private readonly unit: UnitOfWork,
    private readonly register: Register,
  ) {}

  static async lock(
    unit: UnitOfWork,
    ids: readonly string[],
    keys: RegisterKeys,
  ): Promise<ErasablePersons> {
    const register = new Register(keys, new UnitHistory(() => []));
    await unit.query(LOCK_OBJECTS, [ids]);
    await lockAndFill(unit, register, ids, { claims: undefined });
    return new ErasablePersons(unit, register);
  }

  /** As an administrator's command does it, told and audited. @returns the cause that the events name. */
  erase(persons: readonly string[], night: string): string {
    const because = {
      source: SOURCE,
      id: `${OCCASION}-${night}`,
      time: this.unit.now.toISOString(),
    };
    for (const person of persons) {
      const announcements = decideErase({ name: 'erase', person }, this.register);
      if (announcements === undefined) throw new Error('Somebody is dormant and erased at once.');
      const told = { announcements, ordinals: new Map<string, number>(), occasion: OCCASION };
      tellAnnouncements(this.unit, because, told);
      this.unit.audit({
        actor: ACTOR,
        action: 'retention.applied',
        about: person,
        outcome: 'done',
      });
    }
    saveRegister(this.unit, this.register);
    return `${because.source} ${because.id}`;
  }
}
