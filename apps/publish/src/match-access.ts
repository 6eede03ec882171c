import type {
  AccessEntry,
  AccessEvent,
  AccessEventData,
  AccessStanding,
  TestAssignment,
} from '#canonical';
import { ALLOWED, allowed } from './allow-list.js';
import type { AudienceContext, Message } from './audience.js';

type Part = 'entry' | 'standing' | 'test';

/** What each access event is about in the first place: that thing's huvudman is told, and only that one. */
const ABOUT: Readonly<Record<string, readonly Part[]>> = {
  granted: ['entry'],
  revoked: ['entry'],
  bridged: ['entry', 'standing'],
  contested: ['standing', 'entry'],
  awaiting: ['standing', 'entry'],
  gap: ['standing', 'entry'],
  postponed: ['standing', 'entry'],
  settled: ['standing', 'entry'],
};

/**
 * Who may see an access event, and how much of it. A move over two huvudmän carries both halves; each of the two sees its own: the
 * new one a grant, the old one a revocation (design §6.2). So does the grant of an entry that went over with its school unit.
 */
export function matchAccess(
  event: AccessEvent,
  subject: string,
  context: AudienceContext,
): readonly Message[] {
  const { entry, from, standing, test } = event.data.change;
  if (event.type !== 'se.elevnav.access.moved' && from === undefined) {
    const things = { entry, standing, test };
    const [, , entity = '', verb = ''] = event.type.split('.');
    const about = entity === 'test' ? (['test'] as const) : (ABOUT[verb] ?? []);
    const first = about.map((part) => things[part]).find((thing) => thing !== undefined);
    if (first === undefined) return [];
    return [messageTo(first.huvudman, event, { subject, context, entry, standing, test })];
  }
  const halves = { subject, context, standing };
  if (entry && from?.huvudman === entry.huvudman) {
    return [messageTo(entry.huvudman, event, { ...halves, entry, from })];
  }
  const messages: Message[] = [];
  if (entry) {
    const granted = { ...event, type: 'se.elevnav.access.granted' as const };
    messages.push(messageTo(entry.huvudman, granted, { ...halves, entry }));
  }
  if (from) {
    const revoked = { ...event, type: 'se.elevnav.access.revoked' as const };
    messages.push(messageTo(from.huvudman, revoked, { ...halves, entry: from }));
  }
  return messages;
}

interface Parts {
  readonly subject: string;
  readonly context: AudienceContext;
  readonly entry?: AccessEntry;
  readonly from?: AccessEntry;
  readonly standing?: AccessStanding;
  readonly test?: TestAssignment;
}

/** The event as one huvudman sees it. Of the parts that are handed in, what is another's is left out. */
function messageTo(huvudman: string, event: AccessEvent, parts: Parts): Message {
  const { subject, context } = parts;
  const own = <T extends { huvudman: string }>(thing: T | undefined): T | undefined =>
    thing?.huvudman === huvudman ? thing : undefined;
  const [entry, from] = [own(parts.entry), own(parts.from)];
  const [standing, test] = [own(parts.standing), own(parts.test)];
  const person = { id: context.publicId(huvudman, event.data.person) };
  const base = { huvudman, type: event.type, subject: context.publicId(huvudman, subject) };
  const publicTestId = (id: string): string => context.publicId(huvudman, id);
  if (event.data.securityMarking !== 'Ingen') {
    const id = entry?.id ?? (test && publicTestId(test.id));
    return { ...base, data: { person, change: id === undefined ? {} : { id } } };
  }
  const ownEntries = event.data.access.entries.filter(own);
  const entryIds = new Set([...ownEntries, entry, from].map((one) => one?.id));
  return {
    ...base,
    schoolUnit: (entry ?? standing ?? test)?.schoolUnit,
    data: {
      person,
      change: {
        entry: entry && entryView(entry),
        from: from && entryView(from),
        standing: standing && standingView(standing, entryIds),
        test: test && testView(test, publicTestId),
      },
      access: accessView(event.data, own, { entryIds, publicTestId }),
    },
  };
}

function accessView(
  { access }: AccessEventData,
  own: <T extends { huvudman: string }>(thing: T) => T | undefined,
  ids: { entryIds: ReadonlySet<string | undefined>; publicTestId(id: string): string },
): object {
  return {
    entries: access.entries.filter(own).map(entryView),
    standings: access.standings.filter(own).map((one) => standingView(one, ids.entryIds)),
    tests: access.tests.filter(own).map((one) => testView(one, (id) => ids.publicTestId(id))),
  };
}

/**
 * That a join elsewhere is under way is nothing the old huvudman should learn: towards it, the entry is kept, as it would be
 * before anybody had joined.
 */
function entryView(entry: AccessEntry): object {
  const view = allowed(entry, ALLOWED.entry);
  return entry.held === 'make-before-break' ? { ...view, held: 'bridged' } : view;
}

/** A standing may point to an entry of another huvudman; the reader sees its own only. */
function standingView(
  standing: AccessStanding,
  ownEntryIds: ReadonlySet<string | undefined>,
): object {
  const { entry, ...view } = allowed(standing, ALLOWED.standing);
  return entry !== undefined && ownEntryIds.has(entry) ? { ...view, entry } : view;
}

/** An assignment keeps its id through a move, so the id itself could join two huvudmän; each sees one of its own. */
function testView(test: TestAssignment, publicTestId: (id: string) => string): object {
  return { ...allowed(test, ALLOWED.test), id: publicTestId(test.id) };
}
