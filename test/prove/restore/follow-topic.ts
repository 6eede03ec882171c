import { isNewer } from '#canonical';

/** An event as a subscriber has it, from its topic or its feed. */
export interface TakenEvent {
  readonly huvudman: string;
  readonly source: string;
  readonly subject: string;
  readonly sequence: string;
  readonly data: string;
}

interface Told {
  readonly person?: { readonly enrolments?: readonly unknown[] };
  readonly access?: {
    readonly entries: readonly Record<string, unknown>[];
    readonly tests: readonly Record<string, unknown>[];
  };
}

/**
 * What a subscriber holds who follows the rule for every reader: drop what is not newer than the last `sequence` seen from that source
 * for that subject. By huvudman and subject, as text; without the ids and moments that the hub gave when it decided, which are others when
 * it has to decide anew.
 */
export function followRule(events: readonly TakenEvent[]): Map<string, string> {
  const seen = new Map<string, string>();
  const state = new Map<string, string>();
  for (const { huvudman, source, subject, sequence, data } of events) {
    const stream = `${huvudman} ${source} ${subject}`;
    if (!isNewer(sequence, seen.get(stream))) continue;
    seen.set(stream, sequence);
    const { person, access } = JSON.parse(data) as Told;
    if (person?.enrolments !== undefined) state.set(`${huvudman} ${subject} person`, JSON.stringify(person)); // prettier-ignore
    if (access !== undefined) state.set(`${huvudman} ${subject} access`, accessText(access));
  }
  return state;
}

function accessText({ entries, tests }: NonNullable<Told['access']>): string {
  const entry = ({ schoolUnit, role, eppn, home, held }: Record<string, unknown>) =>
    JSON.stringify([schoolUnit, role, eppn, home, held]);
  const test = ({ activity, schoolUnit, state }: Record<string, unknown>) =>
    JSON.stringify([activity, schoolUnit, state]);
  return JSON.stringify([entries.map(entry).sort(), tests.map(test).sort()]);
}
