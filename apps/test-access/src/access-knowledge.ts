import { Injectable } from '@nestjs/common';
import type { SourceKind } from '#canonical';
import { Log } from '#runtime';
import { Settings, Stage, type UnitOfWork } from '#stage';
import type { AccessRow } from './access.store.js';
import { KnowledgeStore } from './knowledge.store.js';
import type { StaleKnowledge } from './rules/postpone-ends.js';

/** An event that has lain unread for longer makes the stage's own knowledge stale (design §6, rule 7). */
const BEHIND_MS_MAX = 15 * 60 * 1_000;
/** How old an answer may be: Kafka is not asked once per batch. */
const LOOK_AGAIN_MS = 30_000;
const TOPICS = ['canonical.events', 'findings'] as const;

export const STAGE_BEHIND = 'stage-behind';

/** Whose silence can hide an end or the undoing of one; what the others say gives no entry and takes none. */
const TELLING_KINDS: ReadonlySet<SourceKind> = new Set(['elevregister', 'learning-platform']);

const FRESH: readonly StaleKnowledge[] = [];

/** Whether the facts of a person are the whole truth now, and if not, why. */
@Injectable()
export class AccessKnowledge {
  private behind = false;
  private lookedMs = -Infinity;

  constructor(
    private readonly stage: Stage,
    private readonly store: KnowledgeStore,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  /** What is stale of each of the persons; asked only where time may end something. */
  async of(
    rows: readonly AccessRow[],
    unit: UnitOfWork,
  ): Promise<(person: string) => readonly StaleKnowledge[]> {
    const persons = rows.filter((row) => row.mayEndByTime(unit.now)).map(({ person }) => person);
    if (persons.length === 0) return () => FRESH;
    const [found, isBehind] = await Promise.all([this.store.of(persons, unit), this.isBehind()]);
    const common: StaleKnowledge[] = isBehind ? [{ because: STAGE_BEHIND, about: 'stage' }] : [];
    const own = new Map<string, StaleKnowledge[]>();
    for (const { id, person, source } of found) {
      const setting = source === null ? undefined : this.settings.source(source);
      const huvudman = setting?.huvudman ?? undefined;
      if (person !== null) {
        own.set(person, [...(own.get(person) ?? []), { because: id, about: 'person', huvudman }]);
      } else if (setting && huvudman !== undefined && TELLING_KINDS.has(setting.sourceKind)) {
        common.push({ because: id, about: 'source', huvudman });
      }
    }
    return (person) => [...common, ...(own.get(person) ?? FRESH)];
  }

  /** Reasons beside the findings that hold now. */
  async others(): Promise<readonly string[]> {
    return (await this.isBehind()) ? [STAGE_BEHIND] : [];
  }

  /** While Kafka does not answer nobody knows what lies there, so that the stage counts as behind. */
  private async isBehind(): Promise<boolean> {
    if (performance.now() - this.lookedMs < LOOK_AGAIN_MS) return this.behind;
    try {
      this.behind = await this.stage.isBehind(TOPICS, BEHIND_MS_MAX);
    } catch (error) {
      this.log.failure('How far the stage is behind could not be found out', error, {}, 'warn');
      this.behind = true;
    }
    this.lookedMs = performance.now();
    return this.behind;
  }
}
