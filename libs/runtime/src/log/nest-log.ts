import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.js';

/** Contexts in which Nest tells of its wiring: of use to who debugs it, noise to who operates it. */
const WIRING = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory']);

/** Nest's own messages as lines of the same log. */
export class NestLog implements LoggerService {
  constructor(private readonly lines: Log) {}

  log(message: unknown, ...details: unknown[]): void {
    const nest = contextOf(details);
    if (nest !== undefined && WIRING.has(nest)) this.lines.debug(textOf(message), { nest });
    else this.lines.info(textOf(message), { nest });
  }

  warn(message: unknown, ...details: unknown[]): void {
    this.lines.warn(textOf(message), { nest: contextOf(details) });
  }

  error(message: unknown, ...details: unknown[]): void {
    this.lineOfError(message, details, 'error');
  }

  fatal(message: unknown, ...details: unknown[]): void {
    this.lineOfError(message, details, 'fatal');
  }

  debug(message: unknown, ...details: unknown[]): void {
    this.lines.debug(textOf(message), { nest: contextOf(details) });
  }

  verbose(message: unknown, ...details: unknown[]): void {
    this.debug(message, ...details);
  }

  private lineOfError(message: unknown, details: unknown[], level: 'error' | 'fatal'): void {
    const error = [message, ...details].find((part) => part instanceof Error);
    const nest = contextOf(details);
    if (error !== undefined) this.lines.failure('Nest reports an error', error, { nest }, level);
    else this.lines.line({ outcome: 'failed', reason: textOf(message), nest }, level);
  }
}

/** Nest passes the context last; a stack, which an error has before it, has more than one line. */
function contextOf(details: unknown[]): string | undefined {
  const last = details.at(-1);
  return typeof last === 'string' && !last.includes('\n') ? last : undefined;
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : `a logged ${typeof message}`;
}
