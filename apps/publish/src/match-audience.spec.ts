import { nationalId, type AccessEvent, type AccessState, type PersonState } from '#canonical';
import type { AudienceContext, HubEvent, Message, Told } from './audience.js';
import { toldFaults } from '../test/told-faults.js';
import { matchAudience as match } from './match-audience.js';

const MALMO = 'malmo00001';
const KUNSKAP = 'kunskap001';
const PUPIL = nationalId('pupil');
const ENROLMENT_MALMO = nationalId('enrolment at Malmö');
const ENROLMENT_KUNSKAP = nationalId('enrolment at Kunskap');

const publicId = (huvudman: string, hubId: string): string => nationalId(`${huvudman}/${hubId}`);

function at(huvudman: string, id: string, more: object = {}): PersonState['enrolments'][number] {
  return {
    id,
    source: `register-${huvudman}`,
    huvudman,
    schoolUnit: huvudman === MALMO ? '12345678' : '87654321',
    schoolType: 'GR',
    schoolYear: 9,
    startDate: '2026-08-18',
    cancelled: false,
    ...more,
  };
}

function pupil(more: Partial<PersonState> = {}): PersonState {
  return {
    id: PUPIL,
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    standing: 'present',
    eppns: [{ value: 'abc@malmo.example', huvudman: MALMO, source: `register-${MALMO}` }],
    enrolments: [at(MALMO, ENROLMENT_MALMO)],
    duties: [],
    tests: [],
    ...more,
  };
}

/** What leaves is in docs/schemas/told.json, whatever else a spec asks of it. */
const matchAudience: typeof match = (hub, context) => {
  const messages = match(hub, context);
  expect(messages.flatMap(toldFaults)).toEqual([]);
  return messages;
};

interface Given {
  readonly told?: readonly Told[];
  readonly causedBy?: string;
  readonly subject?: string;
}

function canonical(type: string, data: object, given: Given = {}): readonly Message[] {
  const subject = given.subject ?? PUPIL;
  return matchAudience({ topic: 'canonical.events', event: { type, data }, subject } as HubEvent, {
    told: given.told ?? [],
    causeHuvudman: given.causedBy,
    publicId,
  } satisfies AudienceContext);
}

const person = (
  verb: string,
  state: PersonState,
  given?: Given,
  fields: string[] = ['enrolments'],
) => canonical(`se.elevnav.person.${verb}`, { person: state, change: { fields } }, given);

/** What each huvudman was told when this was the state. */
const toldOf = (state: PersonState): Told[] =>
  person('registered', state).map(({ huvudman, view }) => ({ huvudman, view: view! }));

const to = (messages: readonly Message[]): string[] =>
  messages.map(({ huvudman }) => huvudman).sort();

describe('who may see a person event', () => {
  it('the huvudman whose sources assert something, under its own id of the person', () => {
    const [message, ...others] = person('registered', pupil(), { causedBy: MALMO });
    expect(others).toEqual([]);
    expect(message).toMatchObject({ huvudman: MALMO, subject: publicId(MALMO, PUPIL) });
    expect(message!.data).toEqual({
      person: {
        id: publicId(MALMO, PUPIL),
        eppns: ['abc@malmo.example'],
        enrolments: [
          {
            id: ENROLMENT_MALMO,
            schoolUnit: '12345678',
            schoolType: 'GR',
            schoolYear: 9,
            startDate: '2026-08-18',
            cancelled: false,
          },
        ],
        duties: [],
      },
      change: { fields: ['enrolments'] },
    });
  });

  it('two huvudmän with the same pupil know it by different ids and see only their own part', () => {
    const both = pupil({
      enrolments: [at(MALMO, ENROLMENT_MALMO), at(KUNSKAP, ENROLMENT_KUNSKAP)],
    });
    const messages = person('registered', both);
    expect(to(messages)).toEqual([KUNSKAP, MALMO].sort());
    expect(messages[0]!.subject).not.toBe(messages[1]!.subject);
    for (const { huvudman, data } of messages) {
      const other = huvudman === MALMO ? ENROLMENT_KUNSKAP : ENROLMENT_MALMO;
      expect(JSON.stringify(data)).not.toContain(other);
    }
  });

  it('a change at another huvudman is not told, not even that it happened', () => {
    const before = pupil({
      enrolments: [at(MALMO, ENROLMENT_MALMO), at(KUNSKAP, ENROLMENT_KUNSKAP)],
    });
    const after = {
      ...before,
      enrolments: [before.enrolments[0]!, at(KUNSKAP, ENROLMENT_KUNSKAP, { schoolYear: 8 })],
    };
    expect(to(person('updated', after, { told: toldOf(before), causedBy: KUNSKAP }))).toEqual([
      KUNSKAP,
    ]);
  });

  it('its own source changing what the thin event does not carry is told all the same', () => {
    const [message] = person('updated', pupil(), { told: toldOf(pupil()), causedBy: MALMO }, [
      'names',
    ]);
    expect(message!.data).toMatchObject({ change: { fields: ['names'] } });
  });

  it('the fields that another huvudman’s source changed are never named', () => {
    const before = pupil({
      enrolments: [at(MALMO, ENROLMENT_MALMO), at(KUNSKAP, ENROLMENT_KUNSKAP)],
    });
    const after = { ...before, eppns: [] };
    const messages = person('updated', after, { told: toldOf(before), causedBy: KUNSKAP }, [
      'kunskapSecret',
    ]);
    const malmo = messages.find(({ huvudman }) => huvudman === MALMO);
    expect(malmo!.data).toMatchObject({ change: { fields: ['eppns'] } });
  });

  it('a huvudman whose last enrolment is gone still hears of the end, and then no more', () => {
    const before = pupil({
      eppns: [],
      enrolments: [at(MALMO, ENROLMENT_MALMO), at(KUNSKAP, ENROLMENT_KUNSKAP)],
    });
    const after = { ...before, enrolments: [before.enrolments[1]!] };
    const told = toldOf(before);
    const messages = person('withdrawn', after, { told, causedBy: MALMO });
    expect(messages).toMatchObject([{ huvudman: MALMO, view: null }]);
    const left = told.map((one) => (one.huvudman === MALMO ? { ...one, view: null } : one));
    expect(
      to(person('updated', { ...after, enrolments: [] }, { told: left, causedBy: KUNSKAP })),
    ).toEqual([KUNSKAP]);
  });

  it('nobody, when no source of anyone asserts anything', () => {
    expect(person('updated', pupil({ eppns: [], enrolments: [] }))).toEqual([]);
  });

  it('an erasure reaches everyone who was ever told, with the id only', () => {
    const messages = person('erased', pupil({ eppns: [], enrolments: [], standing: 'erased' }), {
      told: [
        { huvudman: MALMO, view: null },
        { huvudman: KUNSKAP, view: '{}' },
      ],
    });
    expect(to(messages)).toEqual([KUNSKAP, MALMO].sort());
    for (const { huvudman, data } of messages) {
      expect(data).toEqual({ person: { id: publicId(huvudman, PUPIL) }, change: { fields: [] } });
    }
  });

  it('a merge is nobody’s to know: told is only who sees something else by it, and of that alone', () => {
    const merged = { from: nationalId('former'), fromNumber: 3, into: PUPIL, intoNumber: 7 };
    const both = pupil({
      enrolments: [at(MALMO, ENROLMENT_MALMO), at(KUNSKAP, ENROLMENT_KUNSKAP)],
    });
    const type = 'se.elevnav.person.merged';
    const data = { person: both, change: { merged } };
    const first = canonical(type, data, { causedBy: KUNSKAP });
    const told = first.map(({ huvudman, view }) => ({ huvudman, view: view ?? null }));
    expect(canonical(type, data, { told, causedBy: KUNSKAP })).toEqual([]);
    const [malmo] = told.filter(({ huvudman }) => huvudman === MALMO);
    const [message, ...others] = canonical(type, data, { told: [malmo!], causedBy: MALMO });
    expect(others).toEqual([]);
    expect(message).toMatchObject({ huvudman: KUNSKAP, type: 'se.elevnav.person.registered' });
    expect(JSON.stringify(message)).not.toContain(ENROLMENT_MALMO);
  });

  it('a merge with somebody who is protected is told as protection, since more may have been told before', () => {
    const merged = { from: nationalId('former'), fromNumber: 3, into: PUPIL, intoNumber: 7 };
    const type = 'se.elevnav.person.merged';
    const hidden = pupil({ securityMarking: 'Sekretessmarkering' });
    const asHidden = { person: hidden, change: { merged } };
    expect(canonical(type, asHidden, { told: toldOf(pupil()), causedBy: KUNSKAP })).toMatchObject([
      { huvudman: MALMO, type: 'se.elevnav.person.protected' },
    ]);
    const asOpen = { person: pupil(), change: { merged } };
    expect(canonical(type, asOpen, { told: toldOf(hidden), causedBy: KUNSKAP })).toMatchObject([
      { huvudman: MALMO, type: 'se.elevnav.person.unprotected' },
    ]);
  });
});

describe('whether another huvudman has the pupil too does not show', () => {
  const alone = (more: Partial<PersonState> = {}) =>
    pupil({ eppns: [], enrolments: [at(KUNSKAP, ENROLMENT_KUNSKAP)], ...more });
  const beside = (more: Partial<PersonState> = {}) =>
    pupil({ enrolments: [at(MALMO, ENROLMENT_MALMO), at(KUNSKAP, ENROLMENT_KUNSKAP)], ...more });
  const hidden = { securityMarking: 'Sekretessmarkering' } as const;
  const isMalmo = ({ huvudman }: Told): boolean => huvudman === MALMO;
  const started = (state: PersonState, given: Given) =>
    canonical('se.elevnav.enrolment.started', { person: state, change: { id: ENROLMENT_KUNSKAP } }, given); // prettier-ignore

  /** What the new huvudman hears of one event after the other, as each leaves it knowing something. */
  function heard(
    events: readonly ((told: readonly Told[]) => readonly Message[])[],
    told: readonly Told[] = [],
  ) {
    const messages: Message[] = [];
    for (const event of events) {
      const known = messages.at(-1)?.view;
      messages.push(
        ...event(known === undefined ? told : [...told, { huvudman: KUNSKAP, view: known }]),
      );
    }
    return messages.filter(({ huvudman }) => huvudman === KUNSKAP);
  }

  it.each([
    ['open', {}],
    ['protected', hidden],
  ])('when a pupil begins who is %s', (_, marking) => {
    const causedBy = KUNSKAP;
    const asNew = heard([
      (told) => person('registered', alone(marking), { told, causedBy }, []),
      (told) => ('securityMarking' in marking ? person('protected', alone(marking), { told, causedBy }, ['securityMarking']) : []),
      (told) => started(alone(marking), { told, causedBy }),
    ]); // prettier-ignore
    const before = toldOf(beside(marking)).filter(isMalmo);
    const asKnown = heard([(told) => started(beside(marking), { told, causedBy })], before);
    expect(asKnown).toEqual(asNew);
    const withEppn = heard(
      [
        (told) => person('updated', beside(marking), { told, causedBy }, ['eppns']),
        (told) => started(beside(marking), { told, causedBy }),
      ],
      before,
    );
    expect(withEppn).toEqual(asNew);
    expect(asNew.map(({ type }) => type.slice('se.elevnav.'.length))).toEqual([
      'person.registered',
      ...('securityMarking' in marking ? ['person.protected'] : []),
      'enrolment.started',
    ]);
  });

  it('when its register drops the pupil, and when the pupil returns', () => {
    const gone = (state: PersonState, verb: string, fields: string[]) =>
      person(verb, state, { told: toldOf(state), causedBy: KUNSKAP }, fields);
    const asLast = gone(alone({ standing: 'dormant' }), 'dormant', ['standing']);
    const asOneOfTwo = gone(beside(), 'withdrawn', ['claims']);
    expect(asLast).toEqual(asOneOfTwo);
    expect(asLast).toMatchObject([{ type: 'se.elevnav.person.withdrawn' }]);
    // Where another has the pupil nothing but the enrolments change when they return.
    expect(gone(alone(), 'updated', ['standing'])).toEqual([]);
  });
});

describe('a protected person', () => {
  const hidden = pupil({ securityMarking: 'Sekretessmarkering' });

  it('is told with ids and the type only: no unit, no EPPN, no dates', () => {
    const started = { person: hidden, change: { id: ENROLMENT_MALMO } };
    const [message] = canonical('se.elevnav.enrolment.started', started, { told: toldOf(hidden) });
    expect(message!.data).toEqual({
      person: { id: publicId(MALMO, PUPIL) },
      change: { id: ENROLMENT_MALMO },
    });
    expect(message!.schoolUnit).toBeUndefined();
    expect(message!.view).toBe(`{"protected":true,"things":["${ENROLMENT_MALMO}"]}`);
  });

  it('protection reaches everyone who may hold more than they now may, also the one that the pupil has left', () => {
    const told = [...toldOf(pupil()), { huvudman: KUNSKAP, view: null }];
    const messages = person('protected', hidden, { told, causedBy: MALMO });
    expect(to(messages)).toEqual([KUNSKAP, MALMO].sort());
    for (const { data } of messages) expect(Object.keys(data)).toEqual(['person']);
  });

  it('changes at another huvudman change nothing for this one', () => {
    const told = toldOf(hidden);
    const joined = {
      ...hidden,
      enrolments: [...hidden.enrolments, at(KUNSKAP, ENROLMENT_KUNSKAP)],
    };
    const heard = to(person('updated', joined, { told, causedBy: KUNSKAP }));
    expect(new Set(heard)).toEqual(new Set([KUNSKAP]));
  });

  it('an absence gives away neither unit nor times', () => {
    const [message] = canonical('se.elevnav.absence.reported', {
      person: hidden,
      change: absence(),
    });
    expect(message!.schoolUnit).toBeUndefined();
    expect(message!.data).toEqual({
      person: { id: publicId(MALMO, PUPIL) },
      change: { id: absence().id },
    });
  });
});

function absence() {
  return {
    id: nationalId('absence'),
    source: 'absence-malmo',
    huvudman: MALMO,
    schoolUnit: '12345678',
    kind: 'absence',
    startTime: '2026-11-20T08:00:00Z',
    endTime: '2026-11-20T10:00:00Z',
    says: 'Anmäld frånvaro',
  };
}

describe('enrolments, duties and absences', () => {
  const both = pupil({ enrolments: [at(MALMO, ENROLMENT_MALMO), at(KUNSKAP, ENROLMENT_KUNSKAP)] });

  it('an enrolment is told to the huvudman of its source only', () => {
    const started = { person: both, change: { id: ENROLMENT_KUNSKAP } };
    const messages = canonical('se.elevnav.enrolment.started', started, { told: toldOf(both) });
    expect(messages).toMatchObject([{ huvudman: KUNSKAP, schoolUnit: '87654321' }]);
  });

  it('one that the state no longer holds is told to whoever was told of it', () => {
    const gone = { ...both, enrolments: [both.enrolments[0]!] };
    const messages = canonical(
      'se.elevnav.enrolment.cancelled',
      { person: gone, change: { id: ENROLMENT_KUNSKAP } },
      { told: toldOf(both) },
    );
    expect(messages).toMatchObject([
      { huvudman: KUNSKAP, view: null, data: { change: { id: ENROLMENT_KUNSKAP } } },
    ]);
  });

  it('an absence is told with its times and without what it says', () => {
    const [message, ...others] = canonical('se.elevnav.absence.reported', {
      person: both,
      change: absence(),
    });
    expect(others).toEqual([]);
    expect(message).toMatchObject({ huvudman: MALMO, schoolUnit: '12345678' });
    expect(JSON.stringify(message!.data)).not.toContain('frånvaro');
  });

  it('what a test platform reports is published by its effect, not by itself', () => {
    expect(
      canonical('se.elevnav.test.begun', { person: both, change: { id: nationalId('x') } }),
    ).toEqual([]);
  });
});

describe('school units', () => {
  const unit = {
    id: nationalId('12345678'),
    organisationType: 'Skolenhet',
    displayName: 'Ängsskolan',
    huvudman: MALMO,
    schoolUnitCode: '12345678',
    schoolTypes: ['GR'],
    municipalityCode: '1280',
  };
  const given = { subject: unit.id };

  it('are told to their owner', () => {
    const messages = canonical('se.elevnav.organisation.registered', { organisation: unit }, given);
    expect(messages).toMatchObject([{ huvudman: MALMO, subject: unit.id, schoolUnit: '12345678' }]);
  });

  it('that go to another owner are told to both, and to the old one without a word of the new', () => {
    const [before] = canonical('se.elevnav.organisation.registered', { organisation: unit }, given);
    const messages = canonical(
      'se.elevnav.organisation.succeeded',
      { organisation: { ...unit, huvudman: KUNSKAP, displayName: 'Kunskap Malmö' } },
      { ...given, told: [{ huvudman: MALMO, view: before!.view! }] },
    );
    expect(to(messages)).toEqual([KUNSKAP, MALMO].sort());
    const old = messages.find(({ huvudman }) => huvudman === MALMO)!;
    expect(old.type).toBe('se.elevnav.organisation.closed');
    expect(JSON.stringify(old)).not.toContain('unskap');
  });
});

describe('groups and activities', () => {
  const group = {
    id: nationalId('9A'),
    source: `register-${MALMO}`,
    huvudman: MALMO,
    schoolUnit: '12345678',
    displayName: '9A',
    groupType: 'Klass',
    startDate: '2026-08-18',
    groupMemberships: [],
  };
  const given = { subject: group.id };
  const tell = (more: object, told: readonly Told[] = []) =>
    canonical('se.elevnav.group.changed', { group: { ...group, ...more } }, { ...given, told });
  const noted = (messages: readonly Message[]): Told[] =>
    messages.map(({ huvudman, view }) => ({ huvudman, view: view! }));

  it('are told to their huvudman', () => {
    expect(tell({})).toMatchObject([
      { huvudman: MALMO, type: 'se.elevnav.group.changed', data: { group: { id: group.id } } },
    ]);
  });

  it('that go over with the school unit end for the old owner, once, and begin for the new one', () => {
    const before = noted(tell({}));
    const over = { huvudman: KUNSKAP, displayName: '9A på Kunskap' };
    const messages = tell(over, before);
    expect(messages.map(({ huvudman, type }) => `${huvudman} ${type}`)).toEqual([
      `${KUNSKAP} se.elevnav.group.started`,
      `${MALMO} se.elevnav.group.ended`,
    ]);
    expect(JSON.stringify(messages[1])).not.toContain('unskap');
    expect(to(tell(over, noted(messages)))).toEqual([KUNSKAP]);
  });
});

describe('access', () => {
  const entry = (huvudman: string, more: object = {}): AccessState['entries'][number] => ({
    id: nationalId(`entry ${huvudman}`),
    huvudman,
    schoolUnit: huvudman === MALMO ? '12345678' : '87654321',
    role: 'pupil',
    eppn: `abc@${huvudman}.example`,
    home: true,
    held: 'enrolment',
    since: '2026-08-18T00:00:00Z',
    requiredAssurance: 'none',
    because: { rule: 'rule 1', cause: `urn:elevnav:source:register-${huvudman} 17` },
    ...more,
  });
  const access = (
    type: string,
    change: object,
    state: Partial<AccessState> = {},
    more: object = {},
  ) =>
    matchAudience(
      {
        topic: 'access.events',
        subject: PUPIL,
        event: {
          type: `se.elevnav.${type}`,
          data: {
            person: PUPIL,
            securityMarking: 'Ingen',
            access: { entries: [], standings: [], tests: [], ...state },
            change,
            ...more,
          },
        } as AccessEvent,
      },
      { told: [], causeHuvudman: undefined, publicId },
    );

  it('a move between huvudmän is a grant to the new one and a revocation to the old one', () => {
    const messages = access(
      'access.moved',
      { entry: entry(KUNSKAP), from: entry(MALMO) },
      { entries: [entry(KUNSKAP)] },
    );
    const told = Object.fromEntries(messages.map((message) => [message.huvudman, message]));
    expect(told[KUNSKAP]!.type).toBe('se.elevnav.access.granted');
    expect(told[MALMO]!.type).toBe('se.elevnav.access.revoked');
    expect(JSON.stringify(told[KUNSKAP])).not.toContain(MALMO);
    expect(JSON.stringify(told[MALMO])).not.toContain(KUNSKAP);
    expect(told[MALMO]!.data).toMatchObject({ access: { entries: [] } });
  });

  it('of an entry that went over with its school unit is a grant to the new owner and a revocation to the old one', () => {
    const id = nationalId('the entry');
    const carried = entry(KUNSKAP, { id, schoolUnit: '12345678' });
    const change = { entry: carried, from: entry(MALMO, { id }) };
    const messages = access('access.granted', change, { entries: [carried] });
    const told = Object.fromEntries(messages.map((message) => [message.huvudman, message]));
    expect(told[KUNSKAP]!.type).toBe('se.elevnav.access.granted');
    expect(told[KUNSKAP]!.data).toMatchObject({ change: { entry: { id } } });
    expect(told[MALMO]!.type).toBe('se.elevnav.access.revoked');
    expect(told[MALMO]!.data).toMatchObject({ change: { entry: { id } }, access: { entries: [] } });
    expect(JSON.stringify(told[KUNSKAP])).not.toContain(MALMO);
    expect(JSON.stringify(told[MALMO])).not.toContain(KUNSKAP);
  });

  it('a move inside one huvudman is told as a move, with both halves', () => {
    const from = entry(MALMO, { id: nationalId('old'), schoolUnit: '12340000' });
    const messages = access('access.moved', { entry: entry(MALMO), from });
    expect(messages).toMatchObject([
      {
        type: 'se.elevnav.access.moved',
        data: { change: { entry: { schoolUnit: '12345678' }, from: { schoolUnit: '12340000' } } },
      },
    ]);
  });

  it('a move that awaits its EPPN is told to the joining huvudman; the old one sees its entry kept as before any join', () => {
    const kept = entry(MALMO, { held: 'make-before-break' });
    const standing = {
      state: 'awaiting',
      huvudman: KUNSKAP,
      entry: kept.id,
      since: '2026-11-20T08:00:00Z',
      mustAct: 'joining-huvudman',
    };
    const messages = access(
      'access.awaiting',
      { standing, entry: kept },
      { entries: [kept], standings: [standing] as never },
    );
    expect(to(messages)).toEqual([KUNSKAP]);
    expect(JSON.stringify(messages)).not.toContain(kept.id);
    const [revoked] = access('access.granted', { entry: kept }, { entries: [kept] });
    expect(JSON.stringify(revoked)).not.toContain('make-before-break');
  });

  it('an assignment that follows the pupil has another id towards each huvudman', () => {
    const test = (huvudman: string) => ({
      id: nationalId('assignment'),
      activity: nationalId('activity'),
      huvudman,
      schoolUnit: '12345678',
      state: 'begun',
      windowStart: '2026-11-16',
      windowEnd: '2026-11-27',
    });
    const [first] = access('test.assigned', { test: test(MALMO) });
    const [second] = access('test.assigned', { test: test(KUNSKAP) });
    const idOf = (message: Message | undefined) =>
      (message!.data as { change: { test: { id: string } } }).change.test.id;
    expect(idOf(first)).not.toBe(idOf(second));
    expect(JSON.stringify([first, second])).not.toContain(nationalId('assignment'));
  });

  it('of a protected person it gives the id of the entry, nothing of its terms', () => {
    const [message] = access(
      'access.granted',
      { entry: entry(MALMO) },
      { entries: [entry(MALMO)] },
      { securityMarking: 'Skyddad folkbokföring' },
    );
    expect(message!.data).toEqual({
      person: { id: publicId(MALMO, PUPIL) },
      change: { id: entry(MALMO).id },
    });
    expect(message!.schoolUnit).toBeUndefined();
  });
});
