/**
 * The time by which decisions are taken and schedules fall due. Kafka timestamps, tokens, time limits and log lines
 * keep real time and do not use it.
 */
export interface Clock {
  now(): Date;
}

/** Nest token: `@Inject(CLOCK) clock: Clock`. */
export const CLOCK = Symbol('elevnav:clock');

export class SystemClock implements Clock {
  now(): Date {
    return new Date();
  }
}
