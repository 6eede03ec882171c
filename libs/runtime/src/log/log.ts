import { pino, type DestinationStream, type Logger } from 'pino';
import { ConfigError } from '../config/config-error.js';
import type { LogLevel } from './log.config.js';
import { safeFields, safeText, type LogFields, type LogValue } from './log-value.js';

/** The wide line of one batch, request or run of a schedule: ids, outcome, duration; no payload. */
export interface LogLine {
  /** What came of it, as one word: `done`, `parked`, `refused`, `failed` … */
  readonly outcome: string;
  readonly durationMs?: number;
  /** Only to speak for another stage than the log's own. */
  readonly stage?: string;
  readonly [field: string]: LogValue;
}

export interface LogOptions {
  readonly stage: string;
  readonly level?: LogLevel;
  /** Where lines go; standard output unless told otherwise. */
  readonly destination?: DestinationStream;
}

type WrittenLevel = Exclude<LogLevel, 'silent'>;

const STACK_FRAMES_MAX = 8;

/**
 * JSON lines, one object a line. What cannot be passed cannot leak: fields are primitives and arrays of ids, long
 * strings are cut, numbers of persons withheld. Writing is synchronous, so that the line before an exit is not lost.
 */
export class Log {
  private constructor(
    private readonly pinoLogger: Logger,
    readonly stage: string,
  ) {}

  static create(options: LogOptions): Log {
    const pinoLogger = pino(
      {
        level: options.level ?? 'info',
        base: { pid: process.pid },
        messageKey: 'message',
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      options.destination ?? pino.destination({ dest: 1, sync: true }),
    );
    return new Log(pinoLogger, options.stage);
  }

  /** The same destination and level for another stage of the process. */
  forStage(stage: string): Log {
    return new Log(this.pinoLogger, stage);
  }

  /** Whether lines of this level are written: asked before costly fields are gathered. */
  writes(level: WrittenLevel): boolean {
    return this.pinoLogger.isLevelEnabled(level);
  }

  line(line: LogLine, level: WrittenLevel = 'info'): void {
    this.write(level, line.outcome, line);
  }

  debug(message: string, fields: LogFields = {}): void {
    this.write('debug', message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.write('info', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.write('warn', message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.write('error', message, fields);
  }

  /** An error that nobody handled: its name, code, message, first stack frames and causes, never its other properties. */
  failure(
    message: string,
    error: unknown,
    fields: LogFields = {},
    level: WrittenLevel = 'error',
  ): void {
    this.write(level, message, { ...fields, ...errorFields(error) });
  }

  private write(level: WrittenLevel, message: string, fields: LogFields): void {
    if (!this.pinoLogger.isLevelEnabled(level)) return;
    this.pinoLogger[level]({ stage: this.stage, ...safeFields(fields) }, safeText(message));
  }
}

function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: `a thrown ${typeof error}` };
  return {
    errorName: error.name,
    errorCode: codeOf(error),
    errorMessage: error.message,
    errorStack: framesOf(error),
    errorCause: error.cause instanceof Error ? describe(error.cause) : undefined,
    errorParts: error instanceof AggregateError ? error.errors.map(describe) : undefined,
    faults: error instanceof ConfigError ? error.faults.map((fault) => fault.sentence) : undefined,
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `a thrown ${typeof error}`;
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
}

/** Frames only: the first lines of a stack repeat the message. */
function framesOf(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, STACK_FRAMES_MAX)
    .map((line) => line.trim());
}
