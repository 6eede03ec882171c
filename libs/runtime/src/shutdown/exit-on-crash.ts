import type { Log } from '../log/log.js';

/**
 * A fault that nobody handled leaves the process in a state that nobody knows: one line and exit code 1. What was in
 * flight is done again from the stored positions.
 *
 * @returns a function that ends this.
 */
export function exitOnCrash(
  log: Log,
  exit: (code: number) => void = (code) => process.exit(code),
): () => void {
  const onCrash = (error: unknown, origin: string): void => {
    log.failure('The process stops: an error that nobody handled', error, { origin }, 'fatal');
    exit(1);
  };
  const onException = (error: unknown): void => onCrash(error, 'uncaughtException');
  const onRejection = (error: unknown): void => onCrash(error, 'unhandledRejection');
  process.on('uncaughtException', onException);
  process.on('unhandledRejection', onRejection);
  return () => {
    process.off('uncaughtException', onException);
    process.off('unhandledRejection', onRejection);
  };
}
