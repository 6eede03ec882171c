/** One message to a huvudman, from the hub in memory or from a feed. */
export interface FeedMessage {
  readonly huvudman: string;
  /** The person as this huvudman knows them. */
  readonly subject: string;
  readonly type: string;
  readonly schoolUnit: string | undefined;
  readonly data: unknown;
}

/**
 * What each huvudman was told of each person, in order, without ids and since-when. What comes of the facts and what comes of access
 * lie on two topics, so that only within each of the two there is an order.
 */
export function toldForm(messages: readonly FeedMessage[]): readonly string[] {
  const streams = new Map<string, string[]>();
  for (const message of messages) {
    const { huvudman, subject, type } = message;
    const name = `${huvudman}\n${subject}\n${isAboutAccess(type) ? 'access' : 'facts'}`;
    const stream = streams.get(name);
    if (stream === undefined) streams.set(name, [textOf(message)]);
    else stream.push(textOf(message));
  }
  return [...streams].map(([name, texts]) => [name.split('\n')[0], ...texts].join('\n')).sort();
}

/** Of each person that a huvudman was told of: what it was told last of the facts, and of access. */
export function lastWords(messages: readonly FeedMessage[]): readonly string[] {
  const words = new Map<string, string>();
  for (const { huvudman, subject, type, data } of messages) {
    const { person, access } = data as { readonly person?: object; readonly access?: object };
    const part = isAboutAccess(type) ? 'access' : 'facts';
    const said = JSON.stringify(plain(JSON.parse(JSON.stringify(access ?? person ?? null))));
    words.set(`${huvudman}\n${subject}\n${part}`, said);
  }
  return [...words].map(([name, said]) => `${name.split('\n')[0]} ${said}`);
}

function isAboutAccess(type: string): boolean {
  return /^se\.elevnav\.(?:access|test)\./.test(type);
}

function textOf({ type, schoolUnit, data }: FeedMessage): string {
  return `${type} ${schoolUnit ?? ''} ${JSON.stringify(plain(JSON.parse(JSON.stringify(data))))}`;
}

/** Ids are each hub's own, and so is the hour in which a day's schedule looks in. */
const OWN_FIELDS = new Set(['id', 'entry', 'since', 'things']);

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => JSON.stringify(plain(one))).sort();
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(
    ([name, one]) => !(OWN_FIELDS.has(name) && (typeof one === 'string' || Array.isArray(one))),
  );
  return fields.map(([name, one]) => [name, plain(one)]).sort(([one], [other]) => ((one as string) < (other as string) ? -1 : 1)); // prettier-ignore
}
