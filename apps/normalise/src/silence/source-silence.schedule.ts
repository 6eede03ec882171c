import { Injectable } from '@nestjs/common';
import { SOURCE_KINDS, sourceTopic, type SourceSetting } from '#canonical';
import { PeriodicTasks, type PeriodicTask } from '#runtime';
import { Settings, Stage, type UnitOfWork } from '#stage';
import { HeardSources } from './heard-sources.js';
import { measureSilence } from './measure-silence.js';
import { forgetHeard, markSilent, noteHeard, type HeardRow } from './source-heard.store.js';

const EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;
/** While events have lain unread for longer, it is the stage that is silent, not the sources. */
const BEHIND_MS_MAX = 15 * 60 * 1_000;

/** Tells of sources that say nothing for longer than their contract allows: a finding, closed when they speak again. */
@Injectable()
export class SourceSilenceSchedule {
  private readonly task: PeriodicTask;

  constructor(
    private readonly stage: Stage,
    private readonly settings: Settings,
    private readonly heard: HeardSources,
    tasks: PeriodicTasks,
  ) {
    this.task = tasks.add({
      name: 'normalise.silence',
      everyMs: EVERY_MS,
      run: () => this.run(),
      failure: 'Which sources are silent could not be found out',
    });
  }

  /** Settles when what is known by now has been told. */
  look(): Promise<void> {
    return this.task.now();
  }

  private async run(): Promise<void> {
    const isBehind = await this.stage.isBehind(SOURCE_KINDS.map(sourceTopic), BEHIND_MS_MAX);
    const heard = this.heard.all();
    const sources = new Map(this.settings.sources().map((source) => [source.id, source]));
    await this.stage.transaction(async (unit) => {
      const rows = await noteHeard(unit, [...sources.keys()].sort(), heard);
      const marks = new Map<string, Date | null>();
      for (const row of rows) {
        const change = this.judge(row, sources.get(row.source), { now: unit.now, isBehind });
        if (change === undefined) continue;
        marks.set(row.source, change.since);
        tellSilence(unit, row, sources.get(row.source), change.since);
      }
      markSilent(unit, marks);
      forgetHeard(unit, rows.map(({ source }) => source).filter((id) => !sources.has(id))); // prettier-ignore
    });
  }

  /** What has changed: since when the source is silent, null when it is no more. */
  private judge(
    { firstSeen, heard, silentSince }: HeardRow,
    source: SourceSetting | undefined,
    { now, isBehind }: { readonly now: Date; readonly isBehind: boolean },
  ): { readonly since: Date | null } | undefined {
    const last = heard ?? firstSeen;
    const terms = this.settings.calendars().flatMap((calendar) => calendar.terms);
    const isSilent =
      source !== undefined &&
      measureSilence(last, now, terms) > source.contract.silenceHours * HOUR_MS;
    if (silentSince === null) return isSilent && !isBehind ? { since: now } : undefined;
    return isSilent ? undefined : { since: null };
  }
}

function tellSilence(
  unit: UnitOfWork,
  { source, silentSince }: HeardRow,
  setting: SourceSetting | undefined,
  since: Date | null,
): void {
  unit.finding({
    id: `source-silent/${source}`,
    state: since === null ? 'closed' : 'opened',
    cause: 'source-silent',
    source,
    ...(setting?.huvudman && { huvudman: setting.huvudman }),
    since: (since ?? silentSince ?? unit.now).toISOString(),
    mustAct: setting?.huvudman ? 'huvudman' : 'operator',
  });
}
