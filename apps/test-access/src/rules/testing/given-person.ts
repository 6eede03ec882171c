import {
  DEFAULT_ACCESS_POLICY,
  uuidV5,
  type AccessEntry,
  type AccessPolicy,
  type CalendarSetting,
  type Duty,
  type Enrolment,
  type PersonState,
  type PresenceReport,
  type ReportedTest,
  type SecurityMarking,
  startOfStockholmDay,
  stockholmDay,
} from '#canonical';
import { NO_ACCESS, type AccessRecord } from '../access-record.js';
import { arrangeCalendar, type Calendar } from '../arrange-calendar.js';
import type { AccessDecision } from '../compare-entries.js';
import { decideAccess } from '../decide-access.js';
import type { StaleKnowledge } from '../postpone-ends.js';
import type { AccessFinding } from '../report-findings.js';
import type { Participation } from '../take-courses.js';

/** The school world of the specs: a municipality and two independent owners, with a unit each. */
export const MUNICIPALITY = 'municipality';
export const INDEPENDENT = 'independent';
export const FOUNDATION = 'foundation';
export const UNITS: Record<string, string> = {
  [MUNICIPALITY]: '11111111',
  [INDEPENDENT]: '22222222',
  [FOUNDATION]: '33333333',
};

const NAMESPACE = '0a5e3c1e-93b5-5d2e-8f0a-5f7f4d1c2b3a';
export const idOf = (name: string): string => uuidV5(NAMESPACE, name);
export const MATHS = idOf('maths 6');

export const CALENDAR: CalendarSetting = {
  kind: 'calendar',
  id: 'spec',
  terms: [
    { name: 'autumn 2026', startDate: '2026-08-18', endDate: '2026-12-18' },
    { name: 'spring 2027', startDate: '2027-01-08', endDate: '2027-06-11' },
    { name: 'autumn 2027', startDate: '2027-08-17', endDate: '2027-12-17' },
  ],
  tests: [
    {
      activity: MATHS,
      displayName: 'Maths, year 6',
      schoolType: 'GR',
      schoolYear: 6,
      windowStart: '2026-11-09',
      windowEnd: '2026-11-20',
    },
  ],
};

export interface Given {
  readonly calendar?: CalendarSetting;
  readonly policies?: Readonly<Record<string, Partial<AccessPolicy>>>;
}

/** One person, followed event by event and day by day through the rules, as the stage would. */
export class Followed {
  readonly person = idOf('the pupil');
  facts: PersonState = {
    id: this.person,
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    standing: 'present',
    eppns: [],
    enrolments: [],
    duties: [],
    tests: [],
  };
  record: AccessRecord = NO_ACCESS;
  nextDue: Date | null = null;
  /** What the last decision told. */
  told: readonly AccessDecision[] = [];
  findings: readonly AccessFinding[] = [];
  private readonly calendar: Calendar;
  private stale: readonly StaleKnowledge[] = [];
  private participations: readonly Participation[] = [];
  private instant: Date | undefined;
  private causes = 0;

  constructor(
    public today: string,
    private readonly given: Given = {},
  ) {
    this.calendar = arrangeCalendar([given.calendar ?? CALENDAR]);
  }

  /** The facts change, and the stage decides. */
  learns(change: Partial<PersonState>): this {
    this.facts = { ...this.facts, ...change };
    return this.decides();
  }

  /** From now on the knowledge is stale for these reasons; for none it is fresh again. */
  doubts(...stale: readonly StaleKnowledge[]): this {
    this.stale = stale;
    return this;
  }

  /** The schools say which courses the person takes, and the stage decides. */
  takes(...participations: readonly Participation[]): this {
    this.participations = participations;
    return this.decides();
  }

  isAbsent(
    report: PresenceReport,
    verb: 'reported' | 'corrected' | 'cancelled' = 'reported',
  ): this {
    return this.decides(`se.elevnav.absence.${verb}`, report);
  }

  /** Time passes; the schedule looks in on every day on which it promised to, and on no other. */
  waitsUntil(day: string): this {
    while (this.nextDue !== null && this.nextDue.getTime() <= startOfStockholmDay(day).getTime()) {
      this.today = stockholmDay(this.nextDue);
      const due = this.nextDue;
      this.decides('time');
      if (this.nextDue !== null && this.nextDue <= due)
        throw new Error('The schedule stands still.');
    }
    this.today = day;
    return this;
  }

  /** The schedule looks in at one instant, whatever it promised. */
  looksAt(instant: string): this {
    this.instant = new Date(instant);
    this.today = stockholmDay(this.instant);
    this.decides('time');
    this.instant = undefined;
    return this;
  }

  get usable(): readonly AccessEntry[] {
    return this.record.access.entries.filter(({ eppn }) => eppn !== null);
  }

  /** `who:why` of each usable entry, home marked with a star. */
  get places(): string[] {
    return this.usable
      .map(({ huvudman, held, home }) => `${huvudman}:${held}${home ? '*' : ''}`)
      .sort();
  }

  get standings(): string[] {
    return this.record.access.standings.map(({ state, huvudman }) => `${huvudman}:${state}`).sort();
  }

  get tests(): string[] {
    return this.record.access.tests.map(({ huvudman, state }) => `${huvudman}:${state}`);
  }

  /** The verbs told by the last decision, each with the huvudman that it is about. */
  get verbs(): string[] {
    return this.told.map(({ type, change }) => {
      const about = change.entry ?? change.standing ?? change.test;
      const from = change.from ? `<${change.from.huvudman}` : '';
      return `${type.replace('se.elevnav.', '')} ${about?.huvudman}${from}`;
    });
  }

  decides(
    type: Parameters<typeof decideAccess>[2]['personEventType'] = 'se.elevnav.person.updated',
    presence?: PresenceReport,
  ): this {
    const outcome = decideAccess(this.record, this.facts, {
      now: this.instant ?? new Date(startOfStockholmDay(this.today).getTime() + 9 * 3_600_000),
      calendar: this.calendar,
      cause: `spec ${++this.causes}`,
      personEventType: type,
      presence,
      participations: this.participations,
      stale: this.stale,
      policyOf: (huvudman) => ({ ...DEFAULT_ACCESS_POLICY, ...this.given.policies?.[huvudman] }),
      newId: idOf,
    });
    this.record = outcome.state;
    this.told = outcome.events;
    this.findings = outcome.findings;
    this.nextDue = outcome.nextDue;
    return this;
  }
}

export function enrolment(
  huvudman: string,
  startDate: string,
  more: Partial<Enrolment> = {},
): Enrolment {
  const schoolUnit = more.schoolUnit ?? UNITS[huvudman]!;
  return {
    id: idOf(`enrolment ${huvudman} ${schoolUnit} ${startDate}`),
    source: `${huvudman}-register`,
    huvudman,
    schoolUnit,
    schoolType: 'GR',
    schoolYear: 6,
    startDate,
    cancelled: false,
    ...more,
  };
}

export function duty(huvudman: string, startDate: string, more: Partial<Duty> = {}): Duty {
  const schoolUnit = more.schoolUnit ?? UNITS[huvudman]!;
  return {
    id: idOf(`duty ${huvudman} ${schoolUnit} ${startDate}`),
    source: `${huvudman}-register`,
    huvudman,
    schoolUnit,
    dutyRole: 'Lärare',
    startDate,
    ...more,
  };
}

export function eppn(huvudman: string, user = 'a1'): PersonState['eppns'][number] {
  return { value: `${user}@${huvudman}.example`, huvudman, source: `${huvudman}-register` };
}

export function reported(
  state: ReportedTest['state'],
  at: string,
  activity: string = MATHS,
): ReportedTest {
  return { id: idOf(`report ${activity}`), activity, state, at };
}

export function absence(huvudman: string, from: string, to: string): PresenceReport {
  return {
    id: idOf(`absence ${huvudman}`),
    source: `${huvudman}-absence`,
    huvudman,
    kind: 'absence',
    startTime: from,
    endTime: to,
    says: 'Anmäld frånvaro',
  };
}

export const SECRET: SecurityMarking = 'Sekretessmarkering';
