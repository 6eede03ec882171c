import { Agent, request } from 'node:http';

export interface Question {
  readonly eppn: string;
  readonly isKnown: boolean;
}

export interface Asked {
  /** From the moment at which each question was due to the last byte of its answer, ascending. */
  readonly latenciesMs: readonly number[];
  readonly allowed: number;
  readonly refused: number;
  /** Questions that were not answered as they should have been. */
  readonly wrong: number;
}

export interface Door {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
}

/** A log-in side keeps its connections. */
export function doorAt(url: string, headers: Readonly<Record<string, string>> = {}): Door {
  return { url, headers, agent: new Agent({ keepAlive: true, maxSockets: 64 }) };
}

/** An open loop: a question is due at its time, whether or not the ones before have been answered. */
export async function askAtRate(
  door: Door,
  questions: Iterator<Question>,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<Asked> {
  const total = Math.round(rate * seconds);
  const startedMs = performance.now();
  const latenciesMs: number[] = [];
  const tally = { allowed: 0, refused: 0, wrong: 0 };
  const asked: Promise<void>[] = [];
  for (let number = 0; number < total; number++) {
    const dueMs = startedMs + (number * 1_000) / rate;
    const restMs = dueMs - performance.now();
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    const question = questions.next().value as Question;
    const answered = ask(door, question).then((isAllowed) => {
      // A timer fires late by up to a millisecond or two: that is the asking side's own lateness, and counted all the same.
      latenciesMs.push(performance.now() - dueMs);
      if (isAllowed !== question.isKnown) tally.wrong++;
      else if (isAllowed) tally.allowed++;
      else tally.refused++;
    });
    asked.push(answered);
  }
  await Promise.all(asked);
  return { latenciesMs: latenciesMs.sort((one, other) => one - other), ...tally };
}

/** @returns whether the EPPN may come in; undefined when that was not the answer. */
function ask({ url, headers, agent }: Door, { eppn }: Question): Promise<boolean | undefined> {
  const body = JSON.stringify({ eppn });
  return new Promise((resolve) => {
    const sent = request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          ...headers,
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () =>
          resolve(
            answer.statusCode === 200
              ? (JSON.parse(text) as { allowed: boolean }).allowed
              : undefined,
          ),
        );
        answer.on('error', () => resolve(undefined));
      },
    );
    sent.on('error', () => resolve(undefined));
    sent.end(body);
  });
}
