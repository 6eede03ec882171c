import { Injectable } from '@nestjs/common';
import { Log, PeriodicTasks, Shutdown, inChunks } from '#runtime';
import { FindingStore } from './trail/finding.store.js';
import { ProcessStore } from './trail/process.store.js';
import { TrailStore } from './trail/trail.store.js';

const EVERY_MS = 10 * 60 * 1_000;
const TRAIL_DAYS = 7;
/** As long as their topic keeps them; an open one is kept until it is closed. */
const CLOSED_FINDING_DAYS = 30;
const CHUNK_BATCHES = 1_000;
const CHUNKS_MAX = 200;

/** Forgets what is older than its topic keeps. Real time: these tables tell of this hub, not of the clock it decides by. */
@Injectable()
export class DashboardRetentionSchedule {
  constructor(
    private readonly trail: TrailStore,
    private readonly processes: ProcessStore,
    private readonly findings: FindingStore,
    private readonly shutdown: Shutdown,
    private readonly log: Log,
    tasks: PeriodicTasks,
  ) {
    tasks.add({
      name: 'dashboard.retention',
      everyMs: EVERY_MS,
      run: () => this.forget(),
      failure: 'The oldest of the trail could not be forgotten',
    });
  }

  private async forget(): Promise<void> {
    const startedMs = performance.now();
    const batches = await inChunks((size) => this.trail.forget(TRAIL_DAYS, size), {
      size: CHUNK_BATCHES,
      stepsMax: CHUNKS_MAX,
      shutdown: this.shutdown,
    });
    await this.processes.forget(TRAIL_DAYS);
    await this.findings.forgetClosed(CLOSED_FINDING_DAYS);
    const durationMs = Math.round(performance.now() - startedMs);
    if (batches > 0) this.log.line({ outcome: 'forgotten', what: 'trail', batches, durationMs });
  }
}
