import { resolve } from 'node:path';
import { type AccessEventData, type AccessState, causationOf } from '#canonical';
import { KafkaConnection } from '#kafka';
import { SteppableClock, type Environment, type Log, type Shutdown } from '#runtime';
import { HuvudmanKeys } from '#stage';
import { Sandbox, playMoves, type FeedReader, type MoveHistory, type MoveStep, type Moves, type SchoolSystems, type ToldEvent } from '#apps/sandbox'; // prettier-ignore
import { HUB_STAGES } from '../hub-stages.js';
import { runStages, sandboxEnvironment, stopStages, type RunningStages } from '../run-stages.js';
import { awaitQuiet, countParked } from './await-quiet.js';
import { countGaps } from './count-gaps.js';
import { TopicFollower, type FollowedEvent } from './follow-topics.js';
import { readTrail } from './read-trail.js';
import { settingsInForce } from './settings-in-force.js';
import { tellHistory, tellStep, tellTown } from './story.js';
import type { ToldStep } from './told-step.js';

export interface MovesParts {
  /** The services and keys of the demo; its data is its own and empty. */
  readonly environment: Environment;
  /** The data folder of the local services, whose issuer learns of the demo's clients. */
  readonly directory: string;
  readonly seed: number;
  readonly log: Log;
  readonly shutdown: Shutdown;
  readonly tell: (line: string) => void;
}

export interface HistoryOutcome {
  readonly history: MoveHistory;
  readonly accessGaps: number;
  readonly doubleHomes: number;
  /** What did not come out as told: a home elsewhere, a test lost. One sentence each. */
  readonly faults: readonly string[];
}

export interface MovesOutcome {
  readonly histories: readonly HistoryOutcome[];
  readonly published: number;
  readonly parked: number;
  /** All that each huvudman's feed said, the old school's first. */
  readonly feeds: readonly (readonly ToldEvent[])[];
  readonly moves: Moves;
}

/** The demo's own calendar: a Monday in March, when tests are written. Kafka's timestamps and tokens keep real time. */
const STARTS = new Date('2027-03-08T07:00:00Z');
/** Where a source event is told of: by every stage, or, where it changed nothing, by the first two. */
const DOOR_PATH = ['ingest', 'normalise'];
const WHOLE_PATH = [...DOOR_PATH, 'test-access', 'publish'];
const HOUR_MS = 3_600_000;
const ANY_PORT = Object.fromEntries(HUB_STAGES.map((stage) => [stage, 0])) as Record<(typeof HUB_STAGES)[number], number>; // prettier-ignore

/** Starts every stage in this process with one clock that is stepped by hand, and plays all histories through the real door. */
export async function tellMoves(parts: MovesParts): Promise<MovesOutcome> {
  const { environment, directory, log, shutdown, seed, tell } = parts;
  const clock = new SteppableClock(STARTS);
  const run = { environment: { ...environment, DASHBOARD_OPEN: 'true' }, log, ports: ANY_PORT, clock }; // prettier-ignore
  const stages = await runStages(
    HUB_STAGES.filter((stage) => stage !== 'sandbox'),
    run,
  );
  shutdown.add('stages', () => stopStages(stages), { limitMs: 8_000 });
  const addresses = sandboxEnvironment(resolve(directory), (stage) => stages.get(stage)!.url);
  const sandboxStage = await runStages(['sandbox'], {
    ...run,
    environment: { ...run.environment, ...addresses },
  });
  shutdown.add('sandbox', () => stopStages(sandboxStage));
  const moves = playMoves({ seed, day: STARTS.toISOString().slice(0, 10) });
  const systems = await sandboxStage.get('sandbox')!.app.get(Sandbox).cast(moves.town);
  const connection = stages.get('publish')!.app.get(KafkaConnection, { strict: false });
  const follower = new TopicFollower(connection, ['canonical.events', 'access.events']);
  shutdown.add('follower', () => follower.stop());
  await follower.start();
  await settingsInForce(stages, await systems.writeSettings());
  await systems.push(moves.sayUnits(systems));
  await awaitQuiet(stages);
  const feeds = moves.town.huvudmen.map((huvudman) => new KeptFeed(systems.reader(huvudman)));
  await Promise.all(feeds.map((feed) => feed.news()));
  const teller = new HistoryTeller({ stages, clock, systems, follower, feeds, moves, tell });
  tellTown(moves).forEach(tell);
  const histories: HistoryOutcome[] = [];
  for (const history of moves.histories(systems)) {
    histories.push(await teller.tellHistory(history, histories.length));
  }
  return {
    histories,
    published: feeds.reduce((sum, { all }) => sum + all.length, 0),
    parked: await countParked(stages),
    feeds: feeds.map(({ all }) => all),
    moves,
  };
}

/** A feed and all that it has said. */
class KeptFeed {
  readonly all: ToldEvent[] = [];

  constructor(private readonly reader: FeedReader) {}

  async news(): Promise<ToldEvent[]> {
    const events = await this.reader.news();
    this.all.push(...events);
    return events;
  }
}

interface TellerParts {
  readonly stages: RunningStages;
  readonly clock: SteppableClock;
  readonly systems: SchoolSystems;
  readonly follower: TopicFollower;
  readonly feeds: readonly KeptFeed[];
  readonly moves: Moves;
  readonly tell: (line: string) => void;
}

/** Plays histories one after another; after every step the pipeline comes to rest and the pupil's access is looked at. */
class HistoryTeller {
  constructor(private readonly parts: TellerParts) {}

  async tellHistory(history: MoveHistory, index: number): Promise<HistoryOutcome> {
    const { moves, tell } = this.parts;
    tellHistory(history, index).forEach(tell);
    const faults: string[] = [];
    const steps: ToldStep[] = [];
    let person: string | undefined;
    for (const step of history.steps) {
      const told = await this.play(step, history.isDoubled, person);
      person ??= told.canonical[0]?.envelope.subject;
      steps.push(told);
      tellStep(told, steps.length, moves).forEach(tell);
      faults.push(...faultsOf(steps, moves));
    }
    const states = this.accessOf(person).map(({ data }) => (data as AccessEventData).access);
    const gaps = countGaps(states);
    for (const fault of faults) tell(`   ! ${fault}`);
    return { history, ...gaps, faults };
  }

  private async play(step: MoveStep, isDoubled: boolean, known?: string): Promise<ToldStep> {
    const { stages, clock, systems, follower, feeds } = this.parts;
    await clock.advance(step.hoursBefore * HOUR_MS);
    const before = new Set(follower.events);
    const sayings = step.say();
    await systems.push(sayings);
    if (isDoubled) {
      // Once more the very same events, and once more said anew.
      await systems.push(sayings);
      await systems.push(step.say());
    }
    await awaitQuiet(stages);
    await follower.caughtUp();
    const fresh = follower.events.filter((event) => !before.has(event));
    const causes = new Set(sayings.map(({ event }) => causationOf(event)));
    const person =
      known ??
      fresh.find(({ envelope }) => causes.has(envelope.causationid ?? ''))?.envelope.subject;
    const own = fresh.filter(({ envelope }) => envelope.subject === person);
    const news = await Promise.all(feeds.map((feed) => feed.news()));
    return {
      step,
      at: clock.now(),
      sayings,
      canonical: own.filter(({ topic }) => topic === 'canonical.events'),
      access: own.filter(({ topic }) => topic === 'access.events'),
      told: news.map((events, index) => this.ofPerson(events, person, index)),
      trail: await readTrail(
        stages.get('dashboard')!.url,
        [...causes],
        own.length > 0 ? WHOLE_PATH : DOOR_PATH,
      ),
      state: stateOf(this.accessOf(person)),
    };
  }

  private accessOf(person: string | undefined): FollowedEvent[] {
    return this.parts.follower.events.filter(
      ({ topic, envelope }) => topic === 'access.events' && envelope.subject === person,
    );
  }

  /** A huvudman knows the pupil by an id of its own. */
  private ofPerson(
    events: readonly ToldEvent[],
    person: string | undefined,
    index: number,
  ): ToldEvent[] {
    // prettier-ignore
    const { stages, moves } = this.parts;
    const keys = stages.get('publish')!.app.get(HuvudmanKeys, { strict: false });
    const own = person && keys.personId(moves.town.huvudmen[index]!.id, person);
    return events.filter(({ subject }) => subject === own);
  }
}

function stateOf(events: readonly FollowedEvent[]): AccessState {
  const last = events.at(-1)?.data as AccessEventData | undefined;
  return last?.access ?? { entries: [], standings: [], tests: [] };
}

/** What the last step should have led to and did not. */
function faultsOf(steps: readonly ToldStep[], { from, to, test }: Moves): string[] {
  const { step, state } = steps.at(-1)!;
  const number = steps.length;
  const faults: string[] = [];
  const wanted = step.homeAt === 'old' ? from.unit : to.unit;
  const home = state.entries.find((entry) => entry.home && entry.eppn !== null);
  if (home?.schoolUnit !== wanted.code) {
    faults.push(`Step ${number}: no usable home at ${wanted.displayName}.`);
  }
  if (!step.hasBegun) return faults;
  const testOf = (told: ToldStep) =>
    told.state.tests.find(({ activity }) => activity === test.activity);
  const [first, last] = [steps.find((told) => told.step.hasBegun)!, steps.at(-1)!].map(testOf);
  if (first === undefined || last?.id !== first.id || last.state !== 'begun') {
    faults.push(`Step ${number}: the begun test did not stay the same one.`);
  }
  return faults;
}
