import { addDays, stockholmDay, type Day } from '#canonical';
import { inventRecord } from '../invent/invent-people.js';
import { publicData } from '../invent/public-data.js';
import { Random } from '../invent/random.js';
import type { Pupil, PupilRecord, Town, TownHuvudman, TownUnit } from '../invent/town.js';
import type { SchoolSystems } from '../play/school-systems.js';
import { sayAccount } from '../systems/canvas.js';
import type { Saying } from '../systems/source-event.js';
import { sayPupil } from '../systems/student-register.js';
import { sayTest } from '../systems/test-platform.js';
import { sayUnit } from '../systems/unit-register.js';
import { inventMovingTown } from './moving-town.js';

/** One step of a history: time passes, then systems say something. */
export interface MoveStep {
  /** In words, for the reader of the story. */
  readonly words: string;
  readonly hoursBefore: number;
  /** Asked once the time has passed; asked again where everything is doubled. */
  say(): Saying[];
  /** Where the pupil's home must be after this step. */
  readonly homeAt: 'old' | 'new';
  /** True from the step on in which the pupil begins the test. */
  readonly hasBegun: boolean;
}

export interface MoveHistory {
  readonly name: string;
  /** The invented pupil's given name. */
  readonly givenName: string;
  readonly isDoubled: boolean;
  readonly steps: readonly MoveStep[];
}

export interface Moves {
  readonly town: Town;
  readonly from: { readonly huvudman: TownHuvudman; readonly unit: TownUnit };
  readonly to: { readonly huvudman: TownHuvudman; readonly unit: TownUnit };
  /** The test that every pupil has begun before moving. */
  readonly test: { readonly activity: string; readonly displayName: string };
  /** What the national register says before anything else happens. */
  sayUnits(systems: SchoolSystems): Saying[];
  histories(systems: SchoolSystems): readonly MoveHistory[];
}

const WEEK_HOURS = 7 * 24;

/** The histories in the order in which they are told: the one in which weeks pass is the last, since one clock serves them all. */
const PLOTS: readonly { readonly name: string; readonly plot: Plot; readonly isDoubled?: true }[] =
  [
    { name: 'leave first', plot: leaveFirst },
    { name: 'everything doubled', plot: leaveFirst, isDoubled: true },
    { name: 'the new EPPN only hours later', plot: eppnHoursLater },
    { name: 'a join cancelled again', plot: joinCancelled },
    { name: 'join first', plot: joinFirst },
    { name: 'four weeks between leave and join', plot: fourWeeks },
  ];

/** Invents who moves and between which schools; the same seed and day give the same moves. */
export function playMoves({ seed, day }: { readonly seed: number; readonly day: Day }): Moves {
  const town = inventMovingTown({ seed, day, pupils: PLOTS.length }, publicData());
  const place = (index: number) => ({ huvudman: town.huvudmen[index]!, unit: town.units[index]! });
  const [from, to] = [place(0), place(1)];
  const test = town.calendar.tests.find(
    ({ schoolType, schoolYear, windowStart }) =>
      schoolType === 'GR' && schoolYear === from.unit.lastYear && windowStart <= day,
  )!;
  return {
    town,
    from,
    to,
    test,
    sayUnits: (systems) => town.units.map((unit) => sayUnit(town, unit, systems.nextInstant())),
    histories: (systems) =>
      PLOTS.map(({ name, plot, isDoubled = false }, index) => {
        const pupil = town.pupils[index]!;
        const mover = new Mover(systems, pupil, { from, to, activity: test.activity, seed });
        const steps = [...mover.beginning(), ...plot(mover)];
        return { name, givenName: pupil.givenName, isDoubled, steps };
      }),
  };
}

type Plot = (mover: Mover) => MoveStep[];

function leaveFirst(mover: Mover): MoveStep[] {
  return [mover.leaves({ homeAt: 'old' }), mover.joins({ hoursBefore: 2, homeAt: 'new' })];
}

function eppnHoursLater(mover: Mover): MoveStep[] {
  return [
    mover.leaves({ homeAt: 'old' }),
    mover.joins({ withEppn: false, homeAt: 'old' }),
    mover.getsEppn({ hoursBefore: 5 }),
  ];
}

function joinCancelled(mover: Mover): MoveStep[] {
  return [
    mover.leaves({ homeAt: 'old' }),
    mover.joins({ homeAt: 'new' }),
    mover.cancelsJoin(),
    mover.takesLeaveBack(),
  ];
}

function joinFirst(mover: Mover): MoveStep[] {
  return [
    mover.joins({ homeAt: 'old' }),
    mover.leaves({ lastDay: 'today', homeAt: 'old' }),
    mover.waits({ hours: 24, words: 'The night passes: the last day at the old school is over.', homeAt: 'new' }), // prettier-ignore
  ];
}

function fourWeeks(mover: Mover): MoveStep[] {
  return [
    mover.leaves({ homeAt: 'old' }),
    mover.waits({ hours: 2 * WEEK_HOURS, words: 'Two weeks pass, and no school has said a word.', homeAt: 'old' }), // prettier-ignore
    mover.waits({ hours: 2 * WEEK_HOURS, words: 'Two weeks more pass.', homeAt: 'old' }),
    mover.joins({ homeAt: 'new' }),
  ];
}

interface Journey {
  readonly from: Moves['from'];
  readonly to: Moves['to'];
  readonly activity: string;
  readonly seed: number;
}

/** One pupil and what the systems of both schools say of them. */
class Mover {
  private readonly old: PupilRecord;
  private readonly new: PupilRecord;
  private readonly assignment: string;

  constructor(
    private readonly systems: SchoolSystems,
    private readonly pupil: Pupil,
    private readonly journey: Journey,
  ) {
    const random = new Random('mover', journey.seed, pupil.civicNo);
    this.old = pupil.records[0]!;
    this.new = inventRecord(random, journey.to.huvudman);
    this.assignment = random.uuid();
  }

  beginning(): MoveStep[] {
    const { from, activity } = this.journey;
    return [
      this.step({
        words: `${from.huvudman.displayName}'s register: ${this.pupil.givenName} is a pupil of year 9 at ${from.unit.displayName}.`,
        hasBegun: false,
        say: () => [this.sayOld()],
      }),
      this.step({
        words: `The test platform: ${this.pupil.givenName} has begun the test.`,
        say: () => {
          const test = { assignment: this.assignment, activity, eppn: this.old.eppn! };
          return [sayTest('begun', test, this.systems.nextInstant())];
        },
      }),
    ];
  }

  leaves(more: Pick<MoveStep, 'homeAt'> & { readonly lastDay?: 'today' }): MoveStep {
    const { from } = this.journey;
    const isToday = more.lastDay === 'today';
    return this.step({
      words: `${from.huvudman.displayName}'s register: ${isToday ? 'today is' : 'yesterday was'} the last day at ${from.unit.displayName}.`,
      homeAt: more.homeAt,
      say: () => {
        const [enrolment] = this.old.enrolments;
        enrolment!.endDate ??= addDays(this.today(), isToday ? 0 : -1);
        return [this.sayOld()];
      },
    });
  }

  takesLeaveBack(): MoveStep {
    const { from } = this.journey;
    return this.step({
      words: `${from.huvudman.displayName}'s register: the pupil stays at ${from.unit.displayName} after all.`,
      say: () => {
        delete this.old.enrolments[0]!.endDate;
        return [this.sayOld()];
      },
    });
  }

  joins(
    more: Pick<MoveStep, 'homeAt'> & { readonly withEppn?: boolean; readonly hoursBefore?: number },
  ): MoveStep {
    const { to } = this.journey;
    const { homeAt, hoursBefore, withEppn = true } = more;
    const account = withEppn ? 'with an EPPN' : 'no EPPN yet';
    return this.step({
      words: `${to.huvudman.displayName}'s register: a new pupil of year 9 at ${to.unit.displayName} from today, ${account}.`,
      homeAt,
      hoursBefore,
      say: () => {
        const { enrolments } = this.new;
        if (enrolments.length === 0) {
          enrolments.push({ unit: to.unit.code, schoolYear: 9, startDate: this.today() });
        }
        return [this.sayNew(withEppn)];
      },
    });
  }

  cancelsJoin(): MoveStep {
    const { to } = this.journey;
    return this.step({
      words: `${to.huvudman.displayName}'s register: the new pupil never came, the enrolment is cancelled.`,
      say: () => {
        this.new.enrolments[0]!.cancelled = true;
        return [this.sayNew(true)];
      },
    });
  }

  getsEppn({ hoursBefore }: Pick<MoveStep, 'hoursBefore'>): MoveStep {
    const { huvudman } = this.journey.to;
    return this.step({
      words: `Hours later ${huvudman.displayName}'s Canvas has an account for the pupil, with an EPPN.`,
      homeAt: 'new',
      hoursBefore,
      say: () => [
        sayAccount('user_created', this.new, { huvudman, at: this.systems.nextInstant() }),
      ],
    });
  }

  /** Nobody says anything. */
  waits(more: Pick<MoveStep, 'homeAt' | 'words'> & { readonly hours: number }): MoveStep {
    const { hours, ...rest } = more;
    return this.step({ ...rest, hoursBefore: hours, say: () => [] });
  }

  private step(step: Pick<MoveStep, 'words' | 'say'> & Partial<MoveStep>): MoveStep {
    const { words, say, hoursBefore = 1, homeAt = 'old', hasBegun = true } = step;
    return { words, say, hoursBefore, homeAt, hasBegun };
  }

  private sayOld(): Saying {
    const at = this.systems.nextInstant();
    const { huvudman } = this.journey.from;
    return sayPupil(this.pupil, this.old, { huvudman, units: this.systems.town.units, at });
  }

  private sayNew(withEppn: boolean): Saying {
    const at = this.systems.nextInstant();
    const { huvudman } = this.journey.to;
    const record = withEppn ? this.new : { ...this.new, eppn: null };
    return sayPupil(this.pupil, record, { huvudman, units: this.systems.town.units, at });
  }

  private today(): Day {
    return stockholmDay(this.systems.nextInstant());
  }
}
