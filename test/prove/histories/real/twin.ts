import type { SchoolUnitAsserted } from '#adapters';
import { sourceUrn } from '#canonical';
import { isRetriedByTime, type ParkReason, type ReceivedEvent } from '#stage';
import { receiptAt } from '../../../../apps/normalise/src/claim/order-claims.js';
import { findSubject } from '../../../../apps/normalise/src/facts/find-subject.js';
import { RegisterSources } from '../../../../apps/normalise/src/facts/register-sources.js';
import { prepareFact } from '../../../../apps/normalise/src/facts/source-fact.js';
import type { StaleKnowledge } from '../../../../apps/test-access/src/rules/postpone-ends.js';
import { CHEAP_KEYS } from '../cheap-keys.js';
import { dayNumber, dayText, type Deed, type Telling } from '../history.js';
import { HubInMemory, type ToldMessage } from '../hub-in-memory.js';
import { FIRST_DAY, OWNED_SINCE, SOURCES, TRAVELLING, unitFact } from '../world.js';
import { heardFact } from './vendor-words.js';

const SOURCE_OF = new Map(SOURCES.map((source) => [source.id, source]));
const REGISTERS = new RegisterSources(SOURCES);
const NINE = 'T09:00:00Z';

/** When the schedules of a day have done their work and the sources speak, in memory as on real services. */
export function nineOn(day: number): Date {
  return new Date(dayText(day) + NINE);
}

/**
 * One history in memory, as the real hub lives through it. Beyond what the hub in memory does for the model, it drops a vendor's own
 * duplicates, and it knows of whom an event is parked, so that nothing ends by time meanwhile (design §6, rule 7): the real stages tell
 * each other so over `findings`.
 */
export class Twin {
  /** All that huvudmän were told, in order. */
  readonly told: ToldMessage[] = [];
  /** How often it decided about access: grows with everything that may have changed. */
  decisions = 0;
  private day = dayNumber(FIRST_DAY);
  /** Of whom each parked telling is. */
  private subjects = new Map<Telling, string | undefined>();
  private stale = new Map<string, StaleKnowledge[]>();
  /** As `source id`. */
  private readonly inbox = new Set<string>();

  private constructor(readonly hub: HubInMemory) {
    hub.access.staleOf = (person) => this.stale.get(person) ?? [];
  }

  /** @param travelling the code of the unit that may go to another owner. */
  static async open(travelling: string): Promise<Twin> {
    const fact = unitFact({ ...TRAVELLING, code: travelling }, OWNED_SINCE);
    const first = heardFact({ id: 'before', source: 'school-units', fact }) as SchoolUnitAsserted;
    return new Twin(await HubInMemory.open(dayNumber(FIRST_DAY), first));
  }

  /** An event with an id that was heard before is dropped unheard, as the inbox of normalise does. */
  hear(telling: Telling): void {
    const name = `${telling.source} ${telling.id}`;
    if (this.inbox.has(name)) return;
    this.inbox.add(name);
    this.hub.hear(telling);
    this.settle(() => false);
  }

  /** @returns whether there was something to do. */
  give(deed: Deed): boolean {
    const isDone = this.hub.give(deed) !== undefined;
    this.settle(() => false);
    return isDone;
  }

  /** Until nine on the next day. Whatever is tried again by time has been tried again by then. */
  passDay(): void {
    this.settle(isRetriedByTime);
    this.day++;
    this.hub.access.release(nineOn(this.day));
    this.hub.pass(1, () => undefined);
    this.settle(() => false);
  }

  /** @param isTriedAgain of which parked events it is looked once more of whom they are. */
  private settle(isTriedAgain: (reason: ParkReason) => boolean): void {
    const { hub } = this;
    this.told.push(...hub.told.splice(0));
    this.decisions += hub.decided.splice(0).length;
    const subjects = new Map<Telling, string | undefined>();
    for (const { telling, reason } of hub.parkedNow) {
      const isKnown = this.subjects.has(telling) && !isTriedAgain(reason);
      const before = this.subjects.get(telling);
      subjects.set(telling, before ?? (isKnown ? undefined : this.subjectOf(telling)));
    }
    this.subjects = subjects;
    this.stale = staleOf(subjects);
  }

  private subjectOf(telling: Telling): string | undefined {
    const { register } = this.hub;
    const source = SOURCE_OF.get(telling.source)!;
    const event: ReceivedEvent = {
      topic: '', partition: 0, offset: '0', key: '', data: null,
      envelope: { id: telling.id, source: sourceUrn(source.id), type: telling.fact.kind },
    }; // prettier-ignore
    const from = { source, receipt: receiptAt(this.hub.now), keys: CHEAP_KEYS };
    return findSubject(prepareFact(event, telling.fact, from), register, REGISTERS);
  }
}

/** A reason for each person and source of whom something is parked. */
function staleOf(
  subjects: ReadonlyMap<Telling, string | undefined>,
): Map<string, StaleKnowledge[]> {
  const stale = new Map<string, StaleKnowledge[]>();
  for (const [{ source }, person] of subjects) {
    if (person === undefined) continue;
    const own = stale.get(person) ?? [];
    const because = `${person} ${source}`;
    stale.set(person, own);
    if (own.some((reason) => reason.because === because)) continue;
    const huvudman = SOURCE_OF.get(source)!.huvudman ?? undefined;
    own.push({ because, about: 'person', huvudman });
  }
  return stale;
}
