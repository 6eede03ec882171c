import fc from 'fast-check';
import { ACCESS_EVENT_TYPES, CANONICAL_EVENT_TYPES, nationalId } from '#canonical';
import type { HubEvent, Message } from './audience.js';
import { matchAudience } from './match-audience.js';

const HUVUDMEN = ['alfa', 'beta', 'gamma'] as const;
type Huvudman = (typeof HUVUDMEN)[number];

/**
 * Every value is marked with whose it is: `id~alfa~3` for ids, `v~alfa~3` for all else, `never~` for what nobody may see. The rules
 * under test read no value, so the marks may stand where a date or a list's word would.
 */
const number = fc.nat({ max: 5 });
const id = (owner: string) => number.map((n) => `id~${owner}~${n}`);
const value = (owner: string) => number.map((n) => `v~${owner}~${n}`);
const never = number.map((n) => `never~${n}`);
const ownerArbitrary = fc.constantFrom(...HUVUDMEN);

const thing = (fields: readonly string[], more: (owner: Huvudman) => object = () => ({})) =>
  ownerArbitrary.chain((huvudman) =>
    fc.record({
      huvudman: fc.constant(huvudman),
      id: id(huvudman),
      source: never,
      ...Object.fromEntries(fields.map((field) => [field, value(huvudman)])),
      ...more(huvudman),
    }),
  );

const DATES = ['startDate', 'endDate'];
const enrolment = thing([
  'schoolUnit',
  'schoolType',
  'schoolYear',
  'educationCode',
  'endReason',
  ...DATES,
]);
const duty = thing(['schoolUnit', 'dutyRole', ...DATES]);
const eppn = thing(['value']);
const presence = thing(['schoolUnit', 'kind', 'startTime', 'endTime', 'says', 'minutes']);
const entry = thing(
  [
    'schoolUnit',
    'schoolType',
    'role',
    'eppn',
    'home',
    'held',
    'since',
    'until',
    'requiredAssurance',
  ],
  () => ({ because: fc.record({ rule: never, cause: never }) }),
);
const standing = thing(['state', 'schoolUnit', 'since', 'until', 'mustAct'], () => ({
  entry: ownerArbitrary.chain(id),
}));
const test = thing(['activity', 'schoolUnit', 'state', 'windowStart', 'windowEnd'], () => ({
  id: never,
}));
const group = thing(['schoolUnit', 'displayName', 'groupType', 'schoolType', ...DATES], () => ({
  groupMemberships: fc.array(fc.record({ person: never })),
}));
const activity = thing(['schoolUnit', 'displayName', 'parentActivity', ...DATES], (owner) => ({
  groups: fc.array(id(owner)),
  teachers: fc.array(never),
}));
const organisation = thing(['organisationType', 'displayName', ...DATES]).map((one) => ({
  ...one,
  id: 'unit', // the same unit under the same code, whoever owns it
  schoolUnitCode: '12345678',
}));
const marking = fc.constantFrom('Ingen', 'Ingen', 'Sekretessmarkering', 'Skyddad folkbokföring');
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 4 });

const HUB_ID = 'never~the hub’s id of the person';
const personState = fc.record({
  id: fc.constant(HUB_ID),
  securityMarking: marking,
  personStatus: never,
  standing: fc.constant('present'),
  eppns: some(eppn),
  enrolments: some(enrolment),
  duties: some(duty),
  tests: some(never.map((at) => ({ at }))),
});

interface Step {
  readonly hub: HubEvent;
  readonly causeHuvudman: Huvudman | undefined;
}

const cause = fc.option(ownerArbitrary, { nil: undefined });

function dataOf(type: string, causeHuvudman: Huvudman | undefined): fc.Arbitrary<object> {
  const entity = type.split('.')[2]!;
  switch (entity) {
    case 'organisation':
      return fc.record({ organisation });
    case 'group':
      return fc.record({ group });
    case 'activity':
      return fc.record({ activity });
    case 'person': {
      const fields = some(causeHuvudman ? value(causeHuvudman) : never);
      return fc.record({ person: personState, change: fc.record({ fields }) });
    }
    case 'absence':
    case 'attendance':
      return fc.record({ person: personState, change: presence });
    default:
      return personState.chain((person) => {
        const ids = [...person.enrolments, ...person.duties].map((one) => one.id);
        const changed = fc.constantFrom(...ids, ...HUVUDMEN.map((owner) => `id~${owner}~0`));
        return changed.map((changedId) => ({ person, change: { id: changedId } }));
      });
  }
}

const canonicalStep: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(...CANONICAL_EVENT_TYPES), cause)
  .chain(([type, causeHuvudman]) =>
    dataOf(type, causeHuvudman).map((data) => ({
      hub: {
        topic: 'canonical.events',
        event: { type, data },
        subject: HUB_ID,
      } as unknown as HubEvent,
      causeHuvudman,
    })),
  );

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const accessStep: fc.Arbitrary<Step> = fc
  .record({
    type: fc.constantFrom(...ACCESS_EVENT_TYPES),
    causeHuvudman: cause,
    data: fc.record({
      person: fc.constant(HUB_ID),
      securityMarking: marking,
      access: fc.record({ entries: some(entry), standings: some(standing), tests: some(test) }),
      change: fc.record({
        entry: optional(entry),
        from: optional(entry),
        standing: optional(standing),
        test: optional(test),
      }),
    }),
  })
  .map(({ type, causeHuvudman, data }) => ({
    hub: { topic: 'access.events', event: { type, data }, subject: HUB_ID } as unknown as HubEvent,
    causeHuvudman,
  }));

/** Tells a whole history, each huvudman's view kept from event to event as the store keeps it. */
function tellAll(steps: readonly Step[], check: (message: Message, step: Step) => void): void {
  const views = new Map<string, string | null>();
  for (const step of steps) {
    const messages = matchAudience(step.hub, {
      told: [...views].map(([huvudman, view]) => ({ huvudman, view })),
      causeHuvudman: step.causeHuvudman,
      publicId: (huvudman, hubId) => nationalId(`${huvudman}/${hubId}`),
    });
    const begins = /^se\.elevnav\.person\.(?:registered|protected)$/;
    const last = messages.filter(({ huvudman }, index) => {
      const next = messages[index + 1];
      if (next?.huvudman !== huvudman) return true;
      expect(messages[index]!.type).toMatch(begins);
      return false;
    });
    expect(new Set(last.map(({ huvudman }) => huvudman)).size).toBe(last.length);
    for (const message of messages) {
      check(message, step);
      views.set(
        message.huvudman,
        message.view === undefined ? (views.get(message.huvudman) ?? null) : message.view,
      );
    }
  }
}

const RUNS = { numRuns: 2_000 };
const history = fc.array(fc.oneof(canonicalStep, accessStep), { minLength: 1, maxLength: 6 });

describe('whatever happens, in whatever order', () => {
  it('no huvudman is told a value of another, and nobody what only the hub may know', () => {
    fc.assert(
      fc.property(history, (steps) => {
        tellAll(steps, (message) => {
          const text = JSON.stringify(message);
          expect(text).not.toContain('never~');
          for (const other of HUVUDMEN.filter((one) => one !== message.huvudman)) {
            expect(text).not.toContain(`~${other}~`);
          }
        });
      }),
      RUNS,
    );
  });

  it('of a protected person nothing is told but ids', () => {
    fc.assert(
      fc.property(history, (steps) => {
        tellAll(steps, (message, { hub }) => {
          const data = hub.event.data as {
            person?: { securityMarking?: string };
            securityMarking?: string;
          };
          const marked = data.securityMarking ?? data.person?.securityMarking ?? 'Ingen';
          if (marked === 'Ingen') return;
          expect(JSON.stringify({ ...message, type: '' })).not.toMatch(/v~/);
        });
      }),
      RUNS,
    );
  });

  it('an event that another caused, and that changes nothing of one’s own, is not told', () => {
    fc.assert(
      fc.property(personState, ownerArbitrary, (person, causeHuvudman) => {
        const step = (type: string, by: Huvudman | undefined, fields: string[]): Step => ({
          hub: {
            topic: 'canonical.events',
            subject: HUB_ID,
            event: { type, data: { person, change: { fields } } },
          } as unknown as HubEvent,
          causeHuvudman: by,
        });
        const told: string[] = [];
        const again = step('se.elevnav.person.updated', causeHuvudman, ['other']);
        tellAll([step('se.elevnav.person.registered', undefined, []), again], (message, of) => {
          if (of === again) told.push(message.huvudman);
        });
        expect(told).toEqual([causeHuvudman]);
      }),
      RUNS,
    );
  });
});
