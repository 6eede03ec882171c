import type { SchoolUnitAsserted } from '#adapters';
import {
  DEFAULT_RETENTION,
  causationOf,
  formatSequence,
  nationalId,
  sourceUrn,
  type AccessEventData,
} from '#canonical';
import type { ParkReason, ReceivedEvent, UnitOfWork } from '#stage';
import { receiptAt } from '../../../apps/normalise/src/claim/order-claims.js';
import { decideFact } from '../../../apps/normalise/src/decide/decide-fact.js';
import type { Deciding } from '../../../apps/normalise/src/decide/deciding.js';
import type { Announcement } from '../../../apps/normalise/src/decide/verdict.js';
import { RegisterSources } from '../../../apps/normalise/src/facts/register-sources.js';
import { leavesParkedFact } from '../../../apps/normalise/src/facts/replace-parked.js';
import { prepareFact } from '../../../apps/normalise/src/facts/source-fact.js';
import { claimKey, type SchoolUnitRecord } from '../../../apps/normalise/src/register/records.js';
import { Register } from '../../../apps/normalise/src/register/register.js';
import { carryPerson } from '../../../apps/normalise/src/succession/carry-person.js';
import { UnitHistory } from '../../../apps/normalise/src/succession/unit-history.js';
import type { HubEvent, Message } from '../../../apps/publish/src/audience.js';
import { hearEvent } from '../../../apps/publish/src/hear-event.js';
import { ViewStore } from '../../../apps/publish/src/view.store.js';
import { AccessFollower, type AccessTold } from './access-follower.js';
import { CHEAP_KEYS, publicIdOf } from './cheap-keys.js';
import { dayText, type Deed, type Telling } from './history.js';
import { answerable, separable, separateClaim, type Separated } from './human-deeds.js';
import { HUVUDMEN, OWNED_SINCE, SOURCES, TRAVELLING, unitFact, UNITS, type Unit } from './world.js';

/** What one huvudman was told, and because of whose word; `undefined` when time alone was the cause. */
export interface ToldMessage extends Message {
  readonly because: string | undefined;
  readonly person: string;
  readonly sequence: number;
}

interface Parked {
  readonly key: string;
  readonly telling: Telling;
  readonly reason: ParkReason;
}

const SOURCE_OF = new Map(SOURCES.map((source) => [source.id, source]));
const REGISTERS = new RegisterSources(SOURCES);
const EPOCH = 1;
const RETRIES_MAX = 50;

/** A view store reads and writes through its unit; one that is asked for nobody reads nothing, and this one is never saved. */
const NO_UNIT = {} as UnitOfWork;
const TRAVELLING_FACT = unitFact(TRAVELLING, OWNED_SINCE);

/**
 * The pure parts of normalise, test-access and publish, one behind the other as the topics join them, with what their stages keep
 * held in memory. Facts go in, time passes, and what each huvudman is told comes out.
 */
export class HubInMemory {
  readonly register = new Register(CHEAP_KEYS, new UnitHistory(() => HUVUDMEN));
  readonly access = new AccessFollower();
  /** What was told since it was last taken. */
  told: ToldMessage[] = [];
  /** What test access decided since it was last taken. */
  decided: AccessTold[] = [];
  /** Persons whom the step merged or separated. */
  readonly regrouped = new Set<string>();
  /** Sequences of canonical events, access events and messages, to be checked for growing. */
  readonly sequences: { readonly of: string; readonly number: number }[] = [];
  private parked: Parked[] = [];
  private readonly arrivals = new Set<string>();
  private readonly deciding: Deciding;

  private constructor(
    private readonly views: ViewStore,
    /** Days since 1970. */
    private day: number,
    travelling: SchoolUnitAsserted,
  ) {
    this.deciding = {
      register: this.register,
      registers: REGISTERS,
      settings: {
        huvudmen: () => [...HUVUDMEN],
        huvudman: (id) => HUVUDMEN.find((one) => one.id === id),
        retention: () => DEFAULT_RETENTION,
      },
      // Only reports of presence ask for the day, and histories have none.
      today: dayText(day),
      arrivals: this.arrivals,
    };
    for (const unit of UNITS) this.noteOwners({ code: unit.code, owners: ownersOf(unit) });
    this.know(travelling);
  }

  /** @param travelling the unit that may go to another owner, as the national register has told of it. */
  static async open(day: number, travelling = TRAVELLING_FACT): Promise<HubInMemory> {
    return new HubInMemory(await ViewStore.load(NO_UNIT, []), day, travelling);
  }

  get now(): Date {
    return new Date(`${dayText(this.day)}T09:00:00Z`);
  }

  get parkedTellings(): readonly Telling[] {
    return this.parked.map(({ telling }) => telling);
  }

  get parkedNow(): readonly Pick<Parked, 'telling' | 'reason'>[] {
    return this.parked;
  }

  /**
   * A fact arrives. Every fact here carries its object's full state, so that it does not wait behind what is parked of the same object
   * but takes its place, unless it is the older one.
   */
  hear(telling: Telling): void {
    const key = `${telling.source}|${telling.fact.localId}`;
    this.parked = this.parked.filter(
      (one) => one.key !== key || leavesParkedFact(telling.fact, one.telling.fact),
    );
    this.decide(key, telling);
    for (const code of this.register.successions.keys()) {
      this.noteOwners(this.register.schoolUnits.get(code)!);
    }
    this.retryArrived();
    this.carryOver(telling);
  }

  /**
   * A human does something about a record, as the commands of normalise apply it.
   * @returns what it was about: the person, or the question; undefined when there was nothing to do.
   */
  give(deed: Deed): string | undefined {
    const { register } = this;
    const key = `${deed.source}|${deed.localId}`;
    if (deed.does === 'separate') {
      const claim = separable(deed, register);
      const person = claim?.person ?? undefined;
      if (claim) this.tellAll(separateClaim(claim, register));
      return person;
    }
    const id = answerable(this.parked.filter((one) => one.key === key));
    if (id === undefined) return undefined;
    if (deed.does === 'reject') {
      this.parked = this.parked.filter(({ reason }) => reason.awaits !== id);
      return id;
    }
    const question = { ...register.questions.get(id)!, answer: deed.does };
    register.answers.set(claimKey(deed.source, deed.localId), question);
    this.arrivals.add(id);
    this.retryArrived();
    return id;
  }

  /** Time passes, day by day as the schedule looks in; `look` is called at the end of each day that changed something. */
  pass(days: number, look: (day: number) => void): void {
    const until = this.day + days;
    let isChanged = false;
    for (const due of this.access.dueUntil(dayText(until))) {
      if (isChanged && due.day !== this.day) look(this.day);
      this.day = due.day;
      this.publishAccess(due.decide(), undefined);
      isChanged = true;
    }
    if (isChanged && this.day !== until) look(this.day);
    this.day = until;
    look(until);
  }

  private decide(key: string, telling: Telling): void {
    const source = SOURCE_OF.get(telling.source)!;
    const event: ReceivedEvent = {
      topic: '', partition: 0, offset: '0', key, data: null,
      envelope: { id: telling.id, source: sourceUrn(source.id), type: telling.fact.kind },
    }; // prettier-ignore
    const from = { source, receipt: receiptAt(this.now), keys: CHEAP_KEYS };
    const verdict = decideFact(prepareFact(event, telling.fact, from), this.deciding);
    if (verdict.is === 'parked') this.parked.push({ key, telling, reason: verdict.reason });
    if (verdict.is !== 'announced') return;
    for (const announcement of verdict.announcements) {
      this.publish(announcement, { source: telling.source, cause: causationOf(event.envelope) });
    }
  }

  /** Sources name a unit by its code, and by Skolverket's id. */
  private noteOwners({ code, owners }: Pick<SchoolUnitRecord, 'code' | 'owners'>): void {
    for (const { id } of SOURCES) {
      for (const ref of [code, idOf(code)]) this.register.units.set(claimKey(id, ref), { code, owners }); // prettier-ignore
    }
  }

  /** The national register told of the unit long before the history begins. */
  private know(fact: SchoolUnitAsserted): void {
    this.decide('', { id: 'before', source: 'school-units', fact });
    this.noteOwners(this.register.schoolUnits.get(fact.code)!);
    this.arrivals.clear();
    this.told = [];
  }

  /** All persons at once; the stage does so in chunks, after the event that told of the new owner. */
  private carryOver({ source, id }: Telling): void {
    const { register } = this;
    if (register.successions.size === 0) return;
    register.successions.clear();
    const objects = [...register.objects.values()];
    for (const person of register.persons.values()) {
      if (person.isEnded) continue;
      const duties = objects.filter((object) => object.kind === 'duty' && object.person === person.id); // prettier-ignore
      for (const announcement of carryPerson(person, duties, register)) {
        this.publish(announcement, { source, cause: `${sourceUrn(source)} ${id}` });
      }
    }
  }

  private tellAll({ announcements, source, cause }: Separated): void {
    for (const announcement of announcements) this.publish(announcement, { source, cause });
  }

  private retryArrived(): void {
    for (let count = 0; this.arrivals.size > 0 && count < RETRIES_MAX; count++) {
      const arrived = new Set(this.arrivals);
      this.arrivals.clear();
      for (const one of [...this.parked]) {
        if (one.reason.awaits === undefined || !arrived.has(one.reason.awaits)) continue;
        this.parked = this.parked.filter((other) => other !== one);
        this.decide(one.key, one.telling);
      }
    }
  }

  private publish(
    { type, subject, number, data }: Announcement,
    from: { readonly source: string; readonly cause: string },
  ): void {
    this.sequences.push({ of: `canonical ${subject}`, number });
    const because = SOURCE_OF.get(from.source)?.huvudman ?? undefined;
    const sequence = formatSequence(EPOCH, number);
    if (!type.startsWith('se.elevnav.test.')) {
      this.tell({ topic: 'canonical.events', event: { type, data }, subject } as HubEvent, {
        sequence,
        because,
      });
    }
    const { now } = this;
    if (type.startsWith('se.elevnav.organisation.')) return;
    if (/\.person\.(?:merged|separated)$/.test(type)) this.regrouped.add(subject);
    const told = this.access.hear({ type, sequence, data, now, cause: from.cause });
    this.publishAccess(told, because);
  }

  private publishAccess(told: readonly AccessTold[], because: string | undefined): void {
    this.decided.push(...told);
    for (const { person, type, number, data } of told) {
      this.sequences.push({ of: `access ${person}`, number });
      const event = { type, data: data satisfies AccessEventData };
      this.tell({ topic: 'access.events', event, subject: person } as HubEvent, {
        sequence: formatSequence(EPOCH, number),
        because,
      });
    }
  }

  private tell(
    hub: HubEvent,
    { sequence, because }: { readonly sequence: string; readonly because: string | undefined },
  ): void {
    const { subject } = hub;
    const heard = hearEvent(hub, {
      views: this.views,
      sequence,
      causeHuvudman: because,
      publicId: publicIdOf,
    });
    if (heard === 'older') return;
    for (const message of heard.messages) {
      const ids = { subject: message.subject, hubSubject: subject };
      const number = this.views.tell(message.huvudman, ids, message.view);
      this.sequences.push({ of: `${message.huvudman} ${message.subject}`, number });
      this.told.push({ ...message, because, person: subject, sequence: number });
    }
    heard.markSeen();
  }
}

function ownersOf({ huvudman }: Unit): SchoolUnitRecord['owners'] {
  const { organisationNumber } = HUVUDMEN.find(({ id }) => id === huvudman)!;
  return [{ organisationNumber, since: OWNED_SINCE }];
}

const ids = new Map<string, string>();

function idOf(code: string): string {
  let id = ids.get(code);
  if (id === undefined) ids.set(code, (id = nationalId(code)));
  return id;
}
