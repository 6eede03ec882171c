import { dayNumber, type Deed, type History, type Telling } from '../history.js';
import { settledPersons, standingPersons, type StandingPerson } from '../settled-state.js';
import { FIRST_DAY } from '../world.js';
import { compareLists } from './compare-lists.js';
import { eventIdOf } from './own-history.js';
import type { RecordName } from './read-real.js';
import { lastWords, toldForm, type FeedMessage } from './told-form.js';
import { Twin } from './twin.js';
import { heardFact } from './vendor-words.js';

/** What is found of one history on real services. */
export interface Found {
  readonly persons: readonly StandingPerson[];
  /** Ids of events. */
  readonly parked: readonly string[];
}

/** What happens at the hub: somebody tells it something, or does something there, by the id of the command. */
export type Act =
  | { readonly is: 'told'; readonly telling: Telling }
  | { readonly is: 'done'; readonly id: string; readonly deed: Deed };

/** One history that is told on real services, and beside it to its twin in memory. */
export class Life {
  /** The records of student registers that it tells of. */
  readonly records: readonly RecordName[];
  /** What differed first, and on which day. */
  difference: { readonly day: number; readonly says: string } | undefined;
  private readonly acts = new Map<number, Act[]>();

  private constructor(
    readonly number: number,
    /** As it was invented. */
    readonly history: History,
    readonly twin: Twin,
    own: History,
  ) {
    const records = new Map<string, RecordName>();
    let day = dayNumber(FIRST_DAY);
    for (const [index, step] of own.steps.entries()) {
      if (step.is === 'days') {
        day += step.days;
        continue;
      }
      if (step.is === 'done') {
        const id = eventIdOf(number, `deed-${index}`);
        this.acts.set(day, [...this.actsOn(day), { is: 'done', id, deed: step.deed }]);
        continue;
      }
      const { telling, how } = step;
      // What is doubled on its way has one id, which the hub knows it by; in a full resend it is a new event.
      const id = how === 'resent' ? `${telling.id}-resent` : telling.id;
      this.acts.set(day, [...this.actsOn(day), { is: 'told', telling: { ...telling, id } }]);
      const { source, fact } = telling;
      if (/^person-/.test(fact.kind)) records.set(`${source} ${fact.localId}`, { source, localId: fact.localId }); // prettier-ignore
    }
    this.records = [...records.values()];
  }

  static async begin(number: number, history: History, own: History): Promise<Life> {
    return new Life(number, history, await Twin.open(own.travelling!), own);
  }

  actsOn(day: number): readonly Act[] {
    return this.acts.get(day) ?? [];
  }

  hear(telling: Telling): void {
    this.twin.hear({ ...telling, fact: heardFact(telling) });
  }

  /** Notes the first difference between what stands on real services and what the twin says. */
  compare(day: number, found: Found): void {
    const says = differenceOf(found, this.twin);
    if (says !== undefined) this.difference ??= { day, says };
  }

  /**
   * Where two records turned out to be one person, or one two, the events of either id lie in lanes of their own, and what comes of an
   * ended id after its end is dropped (decision 11): which lane is read first decides in how many words a huvudman hears the news, so
   * that only its last ones are compared.
   */
  compareTold(day: number, messages: readonly FeedMessage[]): void {
    const form = this.isRegrouped ? lastWords : toldForm;
    const told = this.twin.told as readonly FeedMessage[];
    const says = compareLists('told to huvudmän', form(messages), form(told));
    if (says !== undefined) this.difference ??= { day, says };
  }

  /** Whether two persons were one, or one two. */
  get isRegrouped(): boolean {
    const persons = [...this.twin.hub.register.persons.values()];
    return persons.some(({ isEnded, state }) => isEnded || state?.splitFrom !== undefined);
  }
}

function differenceOf({ persons, parked }: Found, { hub }: Twin): string | undefined {
  // On real services persons are found by their claims: of whom a new identity has left nothing but a name, only the twin knows.
  const claimed = standingPersons(hub).filter(({ claims }) => claims.length > 0);
  const inMemory = JSON.parse(JSON.stringify(claimed)) as StandingPerson[];
  const [real, wanted] = [settledPersons(persons), settledPersons(inMemory)];
  const waiting = hub.parkedTellings.map(({ id }) => id);
  return (
    compareLists('in the register', real.map(({ register }) => register), wanted.map(({ register }) => register)) ??
    compareLists('in access', real.map(({ access }) => access), wanted.map(({ access }) => access)) ??
    compareLists('parked', parked, waiting)
  ); // prettier-ignore
}
