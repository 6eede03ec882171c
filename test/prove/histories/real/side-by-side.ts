import { rm } from 'node:fs/promises';
import { followHistory } from '../follow-history.js';
import { dayNumber, type History } from '../history.js';
import { inventHistory } from '../invent-history.js';
import { numbersOf, PART_HISTORIES } from '../prove-part.js';
import { emptyTally, STORIES_MAX, type Tally } from '../tally.js';
import { tellStory } from '../tell-story.js';
import { FIRST_DAY } from '../world.js';
import { Life, type Act, type Found } from './life.js';
import { historyOf, ownHistory } from './own-history.js';
import { RealHub } from './real-hub.js';
import { readFeeds, readParked, readStanding } from './read-real.js';

export interface SideBySideOptions {
  /** The first histories of this seed … */
  readonly seed: number;
  /** … and so many of them. */
  readonly count: number;
  /** Where everything of the run lies; deleted first, and kept only when something was wrong. */
  readonly directory: string;
  readonly say: (text: string) => void;
}

const TELLS_EVERY_DAYS = 30;

/**
 * Tells histories to one real hub, all side by side, day by day. Of each history one thing is told at a time, since its facts lie on
 * different topics and their order is part of it; the stages come to rest before the next. Every day what stands is compared with the
 * twin in memory, in the end also what every huvudman was told; and the model says whether the twin is right.
 */
export async function proveSideBySide(options: SideBySideOptions): Promise<Tally> {
  const { directory } = options;
  await rm(directory, { recursive: true, force: true });
  const ended: (() => Promise<unknown>)[] = [];
  try {
    const tally = emptyTally();
    const { lives, lastDay } = await begin(options, tally);
    const hub = await RealHub.start({
      histories: lives.length,
      directory,
      atEnd: (end) => ended.unshift(end),
    });
    await new SideBySide(hub, lives, options.say).live(lastDay);
    conclude(lives, tally);
    for (const end of ended.splice(0)) await end();
    if (tally.faults.divergent === 0) await rm(directory, { recursive: true, force: true });
    return tally;
  } finally {
    for (const end of ended) await end();
  }
}

/** The histories, all as long as the longest, each checked by the model. */
async function begin(
  { seed, count }: SideBySideOptions,
  tally: Tally,
): Promise<{ lives: Life[]; lastDay: number }> {
  const invented = inventedHistories(seed, count);
  const lastDay = Math.max(...invented.map(lastDayOf));
  const lives: Life[] = [];
  for (const [number, history] of invented.entries()) {
    const days = lastDay - lastDayOf(history);
    const whole: History =
      days === 0 ? history : { steps: [...history.steps, { is: 'days', days }] };
    const own = ownHistory(whole, number);
    const { faults } = await followHistory(own);
    for (const kind of new Set(faults.map((fault) => fault.kind))) tally.faults[kind]++;
    if (faults.length > 0 && tally.stories.length < STORIES_MAX) tally.stories.push(tellStory(whole, faults)); // prettier-ignore
    lives.push(await Life.begin(number, whole, own));
  }
  return { lives, lastDay };
}

function inventedHistories(seed: number, count: number): History[] {
  const histories: History[] = [];
  for (let from = 0; from < count; from += PART_HISTORIES) {
    const part = { is: 'histories', seed, from, count: PART_HISTORIES, isTold: false } as const;
    histories.push(...numbersOf(part).slice(0, count - from).map(inventHistory)); // prettier-ignore
  }
  return histories;
}

function lastDayOf({ steps }: History): number {
  return steps.reduce((day, step) => day + (step.is === 'days' ? step.days : 0), dayNumber(FIRST_DAY)); // prettier-ignore
}

function conclude(lives: readonly Life[], tally: Tally): void {
  for (const { history, number, difference } of lives) {
    tally.histories++;
    tally.steps += history.steps.length;
    if (difference === undefined) continue;
    tally.faults.divergent++;
    if (tally.stories.length >= STORIES_MAX) continue;
    const { day, says } = difference;
    const fault = {
      kind: 'divergent',
      says: `history ${number} on real services: ${says}`,
    } as const;
    tally.stories.push(tellStory(until(history, day), [fault]));
  }
}

/** Of a history what had happened by the end of a day. */
function until({ steps }: History, lastDay: number): History {
  let day = dayNumber(FIRST_DAY);
  const some: History['steps'][number][] = [];
  for (const step of steps) {
    if (step.is === 'days' && day + step.days > lastDay) {
      if (lastDay > day) some.push({ is: 'days', days: lastDay - day });
      break;
    }
    if (step.is === 'days') day += step.days;
    some.push(step);
  }
  return { steps: some };
}

/** All histories on one hub, in step. */
class SideBySide {
  private events = 0;
  private rounds = 0;
  /** What humans did. */
  private deeds = 0;
  private readonly startedMs = performance.now();

  constructor(
    private readonly hub: RealHub,
    private readonly lives: readonly Life[],
    private readonly say: (text: string) => void,
  ) {}

  async live(lastDay: number): Promise<void> {
    const firstDay = dayNumber(FIRST_DAY);
    for (let day = firstDay; day <= lastDay; day++) {
      const changed = new Set<Life>();
      if (day > firstDay) await this.passDay(day, changed);
      await this.tellDay(day, changed);
      await this.compare(day, changed);
      if ((day - firstDay) % TELLS_EVERY_DAYS === 0) this.tellProgress(day - firstDay);
    }
    await this.compare(lastDay, new Set(this.lives));
    const feeds = await readFeeds(this.hub.database);
    for (const life of this.lives) life.compareTold(lastDay, feeds.get(life.number) ?? []);
    this.tellProgress(lastDay - firstDay);
    const regrouped = this.lives.filter(({ isRegrouped }) => isRegrouped).length;
    const events = [...feeds.values()].reduce((sum, { length }) => sum + length, 0);
    this.say(
      `  ${events} events told to huvudmän; humans did ${this.deeds} things, in ${regrouped} histories records were regrouped`,
    );
  }

  private async passDay(day: number, changed: Set<Life>): Promise<void> {
    await this.hub.passDay(day);
    for (const life of this.lives) {
      const before = life.twin.decisions;
      life.twin.passDay();
      if (life.twin.decisions > before) changed.add(life);
    }
  }

  /** In rounds: the first thing that each history has to tell, then the second of each … */
  private async tellDay(day: number, changed: Set<Life>): Promise<void> {
    for (let index = 0; ; index++) {
      const round: Act[] = [];
      let isOver = true;
      for (const life of this.lives) {
        const act = life.actsOn(day)[index];
        if (act === undefined) continue;
        isOver = false;
        changed.add(life);
        if (act.is === 'told') life.hear(act.telling);
        else if (!life.twin.give(act.deed)) continue;
        else this.deeds++;
        round.push(act);
      }
      if (isOver) return;
      if (round.length === 0) continue;
      await this.hub.tell(round);
      this.rounds++;
      this.events += round.length;
    }
  }

  private async compare(day: number, lives: ReadonlySet<Life>): Promise<void> {
    if (lives.size === 0) return;
    const owners = new Map<string, Life>();
    const records = [...lives].flatMap((life) => {
      for (const { source, localId } of life.records) owners.set(`${source} ${localId}`, life);
      return life.records;
    });
    const found = new Map([...lives].map((life) => [life, { persons: [], parked: [] } as Mutable]));
    for (const person of await readStanding(this.hub.database, records)) {
      // Whoever is made of records of two histories is missed in one of them.
      const { source, localId } = person.claims.find(({ kind }) => kind === 'register')!;
      found.get(owners.get(`${source} ${localId}`)!)?.persons.push(person);
    }
    for (const ids of (await readParked(this.hub.database)).values()) {
      for (const id of ids) found.get(this.lives[historyOf(id)!]!)?.parked.push(id);
    }
    for (const [life, one] of found) life.compare(day, one);
  }

  private tellProgress(days: number): void {
    const seconds = (performance.now() - this.startedMs) / 1_000;
    const differing = this.lives.filter(({ difference }) => difference !== undefined).length;
    this.say(`  ${days} days, ${this.events} events in ${this.rounds} rounds, ${differing} histories differ: ${seconds.toFixed(1)} s`); // prettier-ignore
  }
}

interface Mutable extends Found {
  readonly persons: Found['persons'][number][];
  readonly parked: string[];
}
