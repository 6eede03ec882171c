import type { AccessEntry } from '#canonical';
import type { MoveHistory, Moves } from '#apps/sandbox';
import type { FollowedEvent } from './follow-topics.js';
import type { ToldStep } from './told-step.js';

/** Who takes part, before the first history. */
export function tellTown({ from, to, test }: Moves): string[] {
  return [
    '',
    'How pupils move and keep their test. Everybody and every school is invented.',
    `  old school: ${from.unit.displayName}, ${from.huvudman.displayName} (municipal)`,
    `  new school: ${to.unit.displayName}, ${to.huvudman.displayName} (independent)`,
    `  test:       ${test.displayName}, begun at the old school`,
  ];
}

export function tellHistory({ name, givenName, isDoubled }: MoveHistory, index: number): string[] {
  const doubled = isDoubled ? ' Everything is sent twice, and then said once more.' : '';
  return ['', `History ${index + 1}: ${name}. The pupil is ${givenName}.${doubled}`];
}

/** One step: what was said, what each stage made of it, what each huvudman was told, and where the pupil stands. */
export function tellStep(told: ToldStep, number: number, moves: Moves): string[] {
  const { step, at, sayings, canonical, access, trail, state } = told;
  const lines = ['', ` ${number}. ${timeOf(at)}  ${step.words}`];
  for (const { source, event } of sayings) {
    lines.push(row('source event', `${event.type} by ${source}`));
  }
  if (trail.length > 0) lines.push(row('trail', trailOf(told)));
  if (canonical.length > 0) lines.push(row('register', typesOf(canonical)));
  if (sayings.length === 0 && access.length > 0) lines.push(row('cause', 'the day alone'));
  lines.push(row('access', access.length > 0 ? typesOf(access) : 'nothing to decide'));
  const places = [moves.from, moves.to];
  told.told.forEach((events, index) => {
    const { displayName } = places[index]!.huvudman;
    const news = events.length > 0 ? counted(events.map(({ type }) => shortType(type))) : 'nothing';
    lines.push(row('told', `${displayName}: ${news}`));
  });
  const entries = state.entries.map((entry) => entryOf(entry, moves)).join(' · ');
  lines.push(row('now', entries === '' ? 'no access' : entries));
  const test = state.tests.find(({ activity }) => activity === moves.test.activity);
  if (test) {
    const { displayName } = placeOf(test.schoolUnit, moves);
    lines.push(row('test', `${test.id} ${test.state}, at ${displayName}`));
  }
  return lines;
}

function row(name: string, text: string): string {
  return `      ${name.padEnd(13)} ${text}`;
}

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Stockholm',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
});

function timeOf(at: Date): string {
  return clock.format(at);
}

/** `ingest accepted → normalise passed → …` */
function trailOf({ trail }: ToldStep): string {
  return counted(
    trail.map(({ stage, outcome }) => `${stage} ${outcome}`),
    ' → ',
  );
}

function typesOf(events: readonly FollowedEvent[]): string {
  return counted(events.map(({ envelope }) => shortType(envelope.type)));
}

/** What came several times is told once, with how often. */
function counted(words: readonly string[], between = ' · '): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .map(([word, count]) => (count === 1 ? word : `${word} ×${count}`))
    .join(between);
}

function shortType(type: string): string {
  return type.replace('se.elevnav.', '').replace('.', ' ');
}

const HELD: Readonly<Record<AccessEntry['held'], string>> = {
  enrolment: 'enrolled',
  duty: 'on duty',
  contested: 'contested',
  bridged: 'bridged',
  'make-before-break': 'kept until the new one is usable',
  postponed: 'its end is postponed',
};

function entryOf({ schoolUnit, home, eppn, held, until }: AccessEntry, moves: Moves): string {
  const words = [
    eppn === null ? 'awaits an EPPN' : HELD[held],
    ...(home ? ['home'] : []),
    ...(until === undefined ? [] : [`until ${until}`]),
  ];
  return `${placeOf(schoolUnit, moves).displayName} (${words.join(', ')})`;
}

function placeOf(code: string, { from, to }: Moves): Moves['from']['unit'] {
  return [from.unit, to.unit].find((unit) => unit.code === code)!;
}
