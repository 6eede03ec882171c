import {
  DEFAULT_ACCESS_POLICY,
  type AccessEvent,
  type AccessEventData,
  type AccessState,
  type CanonicalEvent,
  type PersonEvent,
  stockholmDay,
} from '#canonical';
import { AccessRow } from '../../../apps/test-access/src/access.store.js';
import {
  mergeRows,
  separateRows,
  type Regrouped,
} from '../../../apps/test-access/src/regroup-rows.js';
import { arrangeCalendar } from '../../../apps/test-access/src/rules/arrange-calendar.js';
import {
  decideAccess,
  type DecisionContext,
} from '../../../apps/test-access/src/rules/decide-access.js';
import { keepFacts } from '../../../apps/test-access/src/rules/keep-facts.js';
import type { StaleKnowledge } from '../../../apps/test-access/src/rules/postpone-ends.js';
import { dayNumber } from './history.js';
import { CALENDAR, HUVUDMEN } from './world.js';

/** One access event, as the stage would send it. */
export interface AccessTold {
  readonly person: string;
  readonly type: AccessEvent['type'];
  readonly number: number;
  readonly data: AccessEventData;
}

interface Heard {
  readonly type: CanonicalEvent['type'];
  readonly sequence: string;
  readonly data: unknown;
  readonly now: Date;
  readonly cause: string;
}

type Occasion = Pick<DecisionContext, 'now' | 'cause' | 'personEventType'>;

const calendar = arrangeCalendar([CALENDAR]);
const POLICIES = new Map(
  HUVUDMEN.map(({ id, policy }) => [id, { ...DEFAULT_ACCESS_POLICY, ...policy }]),
);
const DECISIONS_MAX = 1_000;

/** What the stage test-access does with each canonical event and each day, its rows held in memory. */
export class AccessFollower {
  /** Why the facts of a person may not be the whole truth now. They are fresh unless somebody says otherwise. */
  staleOf: (person: string) => readonly StaleKnowledge[] = () => [];
  private readonly rows = new Map<string, AccessRow>();
  private readonly facts = new Map<AccessRow, PersonEvent['data']['person']>();

  get persons(): string[] {
    return [...this.rows.keys()];
  }

  /** The row of a person, made when there is none. */
  of(person: string): AccessRow {
    let row = this.rows.get(person);
    if (row === undefined) this.rows.set(person, (row = new AccessRow(person)));
    return row;
  }

  stateOf(person: string): AccessState | undefined {
    return this.rows.get(person)?.record.access;
  }

  hear(heard: Heard): AccessTold[] {
    const { type, sequence, data, now, cause } = heard;
    const { person, change } = data as PersonEvent['data'];
    const when = { now, cause, personEventType: type as PersonEvent['type'] };
    if ('merged' in change) {
      return this.regroup(mergeRows({ person, sequence }, change.merged, this), when);
    }
    if ('separated' in change) {
      return this.regroup(separateRows({ person, sequence }, change.separated, this), when);
    }
    const row = this.of(person.id);
    if (!row.takeSequence(sequence)) return [];
    const facts = keepFacts(person);
    const text = JSON.stringify(facts);
    const isDue = row.nextDue !== null && row.nextDue <= now;
    if (text === row.facts && !isDue) return [];
    this.facts.set(row, facts);
    return this.decide(row, text, when);
  }

  private regroup({ decide }: Regrouped, when: Occasion): AccessTold[] {
    return decide.flatMap(({ row, facts }) => {
      this.facts.set(row, facts);
      return this.decide(row, JSON.stringify(facts), when);
    });
  }

  /** Whoever falls due until the beginning of a day, in turn; each is decided when `decide` is called. */
  *dueUntil(day: string): Generator<{ readonly day: number; decide(): AccessTold[] }> {
    const last = Date.parse(`${day}T09:00:00Z`);
    for (let count = 0; count < DECISIONS_MAX; count++) {
      let next: AccessRow | undefined;
      for (const row of this.rows.values()) {
        if (row.nextDue === null || row.nextDue.getTime() > last) continue;
        if (next === undefined || row.nextDue < next.nextDue!) next = row;
      }
      if (next === undefined) return;
      const row = next;
      const due = row.nextDue!;
      yield {
        day: dayNumber(stockholmDay(due)),
        decide: () =>
          this.decide(row, row.facts!, { now: due, cause: 'time', personEventType: 'time' }),
      };
      if (row.nextDue !== null && row.nextDue <= due) throw new Error('The schedule stands still.');
    }
    throw new Error(`More than ${DECISIONS_MAX} looks by time alone.`);
  }

  /** Makes due whose end was postponed for a reason that is gone, as the schedule does before it looks. */
  release(now: Date): void {
    for (const row of this.rows.values()) {
      const reasons = row.record.postponed?.flatMap(({ because }) => because) ?? [];
      const held = new Set(this.staleOf(row.person).map(({ because }) => because));
      if (reasons.every((reason) => held.has(reason))) continue;
      if (row.nextDue === null || row.nextDue > now) row.nextDue = now;
    }
  }

  private decide(row: AccessRow, text: string, when: Occasion): AccessTold[] {
    const facts = this.facts.get(row)!;
    const mayEnd = row.record.postponed !== undefined || row.mayEndByTime(when.now);
    const outcome = decideAccess(row.record, facts, {
      ...when,
      calendar,
      stale: mayEnd ? this.staleOf(row.person) : [],
      policyOf: (huvudman) => POLICIES.get(huvudman) ?? DEFAULT_ACCESS_POLICY,
      newId: withoutPerson,
    });
    row.decide(text, outcome.state, outcome.nextDue);
    const { access } = outcome.state;
    const { securityMarking } = facts;
    return outcome.events.map(({ type, change }) => {
      const data = { person: row.person, securityMarking, access, change };
      return { person: row.person, type, number: row.nextNumber(), data };
    });
  }
}

/** Ids that show whose they are, but not the person: that the hub's own id of a person gets out is told by the text. */
function withoutPerson(name: string): string {
  return name.slice(name.indexOf('|') + 1);
}
