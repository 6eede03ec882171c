export type HealthKind = 'live' | 'ready';

export interface HealthState {
  readonly ok: boolean;
  /** One sentence: what holds, and if it is not well, what to do. No personal data: anyone may read it. */
  readonly detail: string;
}

export interface HealthResult extends HealthState {
  readonly name: string;
  /** Since when `ok` has been what it is, as seen by this registry; ISO 8601. */
  readonly since: string;
}

export interface HealthReport {
  readonly status: 'ok' | 'failing';
  readonly checks: readonly HealthResult[];
}

export type HealthCheck = () => HealthState | Promise<HealthState>;

interface Registered {
  readonly name: string;
  readonly kind: HealthKind;
  readonly check: HealthCheck;
  readonly timeLimitMs: number;
  running?: Promise<HealthState>;
  last?: { readonly ok: boolean; readonly since: string };
}

const TIME_LIMIT_MS = 2_000;
const CHECKS_MAX = 100;

/** What this process asks itself when a probe asks it. `live` means: do not restart me; `ready`: send me work. */
export class HealthRegistry {
  private readonly checks = new Map<string, Registered>();

  /**
   * A check that throws, or does not answer within its limit (2 s unless told otherwise), counts as failing; while it
   * still runs it is not started a second time.
   *
   * @returns a function that takes the check away.
   */
  add(
    name: string,
    kind: HealthKind,
    check: HealthCheck,
    options: { readonly timeLimitMs?: number } = {},
  ): () => void {
    const key = `${kind} ${name}`;
    if (this.checks.has(key)) throw new Error(`There is already a ${kind} check named "${name}".`);
    if (this.checks.size >= CHECKS_MAX) {
      throw new Error(`More than ${CHECKS_MAX} health checks; put the many into one check.`);
    }
    const timeLimitMs = options.timeLimitMs ?? TIME_LIMIT_MS;
    this.checks.set(key, { name, kind, check, timeLimitMs });
    return () => this.checks.delete(key);
  }

  async report(kind: HealthKind): Promise<HealthReport> {
    const asked = [...this.checks.values()].filter((registered) => registered.kind === kind);
    const checks = await Promise.all(asked.map(ask));
    return { status: checks.every((check) => check.ok) ? 'ok' : 'failing', checks };
  }
}

async function ask(registered: Registered): Promise<HealthResult> {
  const state = await withinLimit(registered);
  if (registered.last?.ok !== state.ok) {
    registered.last = { ok: state.ok, since: new Date().toISOString() };
  }
  return {
    name: registered.name,
    ok: state.ok,
    since: registered.last.since,
    detail: state.detail,
  };
}

async function withinLimit(registered: Registered): Promise<HealthState> {
  registered.running ??= run(registered.check).finally(() => {
    registered.running = undefined;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthState>((resolve) => {
    const detail = `The check gave no answer within ${registered.timeLimitMs} ms.`;
    timer = setTimeout(() => resolve({ ok: false, detail }), registered.timeLimitMs);
  });
  try {
    return await Promise.race([registered.running, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An error's message may hold addresses and is not for everyone; its name is. */
async function run(check: HealthCheck): Promise<HealthState> {
  try {
    return await check();
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    return { ok: false, detail: `The check itself failed (${name}); see the log.` };
  }
}
