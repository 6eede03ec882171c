import { spawn } from 'node:child_process';

const saidCharactersMax = 4_000;

/**
 * Runs a command to its end. Resolves with the last 4,000 characters it said on both outputs;
 * rejects when it cannot be started (code ENOENT when it is missing), fails or takes too long.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { timeoutMs: number; uid?: number; gid?: number; cwd?: string },
): Promise<string> {
  const { timeoutMs, uid, gid, cwd } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      uid,
      gid,
      cwd,
    });
    let said = '';
    const listen = (chunk: Buffer): void => {
      said = `${said}${chunk.toString()}`.slice(-saidCharactersMax);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    // Not spawn's own timeout, whose timer runs on when the command could not be started.
    const patience = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('error', (cause) => {
      clearTimeout(patience);
      reject(cause);
    });
    child.once('close', (status, signal) => {
      clearTimeout(patience);
      if (status === 0) resolve(said);
      else reject(new Error(`${command} ended with ${signal ?? status}: ${said}`));
    });
  });
}

/** Whether a command could not be run because there is no such program. */
export function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
