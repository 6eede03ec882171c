import { Type, type TObject, type TProperties, type TSchema } from '@sinclair/typebox';
import {
  AccessEntry, AccessStanding, ActivityState, Duty, Enrolment, EppnIdentifier, GroupState, OrganisationState, PersonState,
  PresenceReport, TestAssignment, compileSchema,
} from '#canonical'; // prettier-ignore
import { ALLOWED } from './allow-list.js';

/**
 * The shape of what huvudmän are told: the allow-list with the types of the shared language. Nothing is checked by it on its way out;
 * specs hold what is told to it, and `docs/schemas/told.json` is made of it.
 */

const Id = PersonState.properties.id;
const Person = Type.Object({ id: Id });
const IdOnly = Type.Object({ id: Id });

const EnrolmentTold = Type.Pick(Enrolment, ALLOWED.enrolment);
const DutyTold = Type.Pick(Duty, ALLOWED.duty);
const PresenceTold = Type.Pick(PresenceReport, ALLOWED.presence);
const StandingTold = Type.Pick(AccessStanding, ALLOWED.standing);
const TestTold = Type.Pick(TestAssignment, ALLOWED.test);
/** An entry that is kept until another is usable is told as one that is bridged. */
const EntryTold = Type.Object({
  ...Type.Pick(AccessEntry, ALLOWED.entry).properties,
  held: without(AccessEntry.properties.held, 'make-before-break'),
});

/** What each kind of event says, by the entity in its type (`se.elevnav.<entity>.<verb>`). */
export const TOLD_SHAPES = {
  person: Type.Object(
    {
      person: Type.Object({
        id: Id,
        eppns: Type.Optional(Type.Array(EppnIdentifier.properties.value)),
        enrolments: Type.Optional(Type.Array(EnrolmentTold)),
        duties: Type.Optional(Type.Array(DutyTold)),
      }),
      change: Type.Optional(
        Type.Union([Type.Object({ fields: Type.Array(Type.String()) }), IdOnly]),
      ),
    },
    {
      title: 'se.elevnav.person.*, se.elevnav.enrolment.*, se.elevnav.duty.*',
      description:
        'All that your sources assert of the person, together. Without eppns, enrolments and duties: they assert nothing any more, or ' +
        'the person is protected. `change.id` is the enrolment or duty. Of person.merged `person.id` alone: the id that stays.',
    },
  ),
  presence: Type.Object(
    { person: Person, change: Type.Union([PresenceTold, IdOnly]) },
    {
      title: 'se.elevnav.absence.*, se.elevnav.attendance.*',
      description:
        'The report alone; it says nothing of the rest of the person. Of a protected person its id.',
    },
  ),
  access: Type.Object(
    {
      person: Person,
      change: Type.Object({
        entry: Type.Optional(EntryTold),
        from: Type.Optional(EntryTold),
        standing: Type.Optional(StandingTold),
        test: Type.Optional(TestTold),
        id: Type.Optional(Id),
      }),
      access: Type.Optional(
        Type.Object({
          entries: Type.Array(EntryTold),
          standings: Type.Array(StandingTold),
          tests: Type.Array(TestTold),
        }),
      ),
    },
    {
      title: 'se.elevnav.access.*, se.elevnav.test.*',
      description:
        'All of the person’s access at your units, together. Of a protected person `change.id` at most: the entry or the assignment.',
    },
  ),
  organisation: Type.Object(
    { organisation: onlyIdFor(Type.Pick(OrganisationState, ALLOWED.organisation)) },
    {
      title: 'se.elevnav.organisation.*',
      description:
        'All that is told of it. `id` and `schoolUnitCode` alone when it has gone to another owner.',
    },
  ),
  group: Type.Object(
    { group: onlyIdFor(Type.Pick(GroupState, ALLOWED.group)) },
    {
      title: 'se.elevnav.group.*',
      description:
        'All that is told of it. `id` and `schoolUnit` alone when it has gone to another owner.',
    },
  ),
  activity: Type.Object(
    { activity: onlyIdFor(Type.Pick(ActivityState, ALLOWED.activity)) },
    {
      title: 'se.elevnav.activity.*',
      description:
        'All that is told of it. `id` and `schoolUnit` alone when it has gone to another owner.',
    },
  ),
} as const;

/** The `dataschema` of all that huvudmän are told, and its JSON Schema. */
export const TOLD = compileSchema(
  'urn:elevnav:schema:told:1',
  Type.Union(Object.values(TOLD_SHAPES) as (typeof TOLD_SHAPES)[keyof typeof TOLD_SHAPES][]),
);

/** What the owner is told whole, and of which a former owner hears that it is gone. */
function onlyIdFor<P extends TProperties & { id: TSchema }>(thing: TObject<P>) {
  return Type.Composite([Type.Pick(thing, ['id']), Type.Partial(Type.Omit(thing, ['id']))]);
}

function without<T extends TSchema>(list: T, word: string): T {
  return { ...list, enum: (list as unknown as { enum: string[] }).enum.filter((w) => w !== word) };
}
