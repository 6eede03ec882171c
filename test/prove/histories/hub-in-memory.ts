import { causationOf, formatSequence, sourceUrn, type AccessEventData } from '#canonical';
import type { ParkReason, ReceivedEvent, UnitOfWork } from '#stage';
import { receiptAt } from '../../../apps/normalise/src/claim/order-claims.js';
import { decideFact } from '../../../apps/normalise/src/decide/decide-fact.js';
import type { Deciding } from '../../../apps/normalise/src/decide/deciding.js';
import type { Announcement } from '../../../apps/normalise/src/decide/verdict.js';
import { RegisterSources } from '../../../apps/normalise/src/facts/register-sources.js';
import { isOlderFact } from '../../../apps/normalise/src/facts/replace-parked.js';
import { prepareFact } from '../../../apps/normalise/src/facts/source-fact.js';
import { claimKey } from '../../../apps/normalise/src/register/records.js';
import { Register } from '../../../apps/normalise/src/register/register.js';
import { UnitHistory } from '../../../apps/normalise/src/succession/unit-history.js';
import type { HubEvent, Message } from '../../../apps/publish/src/audience.js';
import { hearEvent } from '../../../apps/publish/src/hear-event.js';
import { ViewStore } from '../../../apps/publish/src/view.store.js';
import { AccessFollower, type AccessTold } from './access-follower.js';
import { CHEAP_KEYS, publicIdOf } from './cheap-keys.js';
import { dayText, type Telling } from './history.js';
import { HUVUDMEN, SOURCES, UNITS } from './world.js';

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
const OWNED_SINCE = '2020-01-01T00:00:00.000000Z';

/** A view store reads and writes through its unit; one that is asked for nobody reads nothing, and this one is never saved. */
const NO_UNIT = {} as UnitOfWork;

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
  ) {
    for (const { id } of SOURCES) {
      for (const { code, huvudman } of UNITS) {
        const { organisationNumber } = HUVUDMEN.find((one) => one.id === huvudman)!;
        const owners = [{ organisationNumber, since: OWNED_SINCE }];
        this.register.units.set(claimKey(id, code), { code, owners });
      }
    }
    this.deciding = {
      register: this.register,
      registers: REGISTERS,
      settings: {
        huvudmen: () => [...HUVUDMEN],
        huvudman: (id) => HUVUDMEN.find((one) => one.id === id),
      },
      arrivals: this.arrivals,
    };
  }

  static async open(day: number): Promise<HubInMemory> {
    return new HubInMemory(await ViewStore.load(NO_UNIT, []), day);
  }

  get now(): Date {
    return new Date(`${dayText(this.day)}T09:00:00Z`);
  }

  get parkedTellings(): readonly Telling[] {
    return this.parked.map(({ telling }) => telling);
  }

  /**
   * A fact arrives. Every fact here carries its object's full state, so that it does not wait behind what is parked of the same object
   * but takes its place, unless it is the older one.
   */
  hear(telling: Telling): void {
    const key = `${telling.source}|${telling.fact.localId}`;
    this.parked = this.parked.filter(
      (one) => one.key !== key || isOlderFact(telling.fact, one.telling.fact),
    );
    this.decide(key, telling);
    this.retryArrived();
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
