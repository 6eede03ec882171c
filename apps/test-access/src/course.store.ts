import { Injectable } from '@nestjs/common';
import { NEVER, isNewer, stockholmDay, type ActivityState, type GroupState } from '#canonical';
import type { Statement, UnitOfWork } from '#stage';
import type { Calendar } from './rules/arrange-calendar.js';
import type { Participation } from './rules/take-courses.js';

/** Earlier than any day that a source names: a membership without a start has held as long as its group. */
const ALWAYS = '0001-01-01';

/** Locked in id order; whoever takes in another version of the same waits. */
const HELD_GROUPS: Statement = {
  name: 'test-access.held-groups',
  text: `select id, last_sequence as "lastSequence" from test_access.teaching_group
          where id = any($1::uuid[]) order by id for update`,
};

const HELD_ACTIVITIES: Statement = {
  name: 'test-access.held-activities',
  text: `select id, last_sequence as "lastSequence" from test_access.teaching_activity
          where id = any($1::uuid[]) order by id for update`,
};

const SAVE_GROUPS: Statement = {
  name: 'test-access.save-groups',
  text: `insert into test_access.teaching_group(id, last_sequence, start_date, end_date)
         select * from unnest($1::uuid[], $2::text[], $3::date[], $4::date[])
             on conflict (id) do update
            set last_sequence = excluded.last_sequence, start_date = excluded.start_date, end_date = excluded.end_date`,
};

/**
 * A member whom the new list leaves out has left today, since a school that takes a pupil off its list when the pupil moves does not say that
 * the course was never taken; one who was to begin later never does.
 */
const END_MEMBERS: Statement = {
  name: 'test-access.end-members',
  text: `with gone as (
           select m.teaching_group, m.person from test_access.group_member m
            where m.teaching_group = any($1::uuid[])
              and not exists (select from unnest($2::uuid[], $3::uuid[]) as n(teaching_group, person)
                               where n.teaching_group = m.teaching_group and n.person = m.person)),
         never as (
           delete from test_access.group_member m using gone
            where m.teaching_group = gone.teaching_group and m.person = gone.person and m.start_date > $4)
         update test_access.group_member m set end_date = least(m.end_date, $4)
           from gone
          where m.teaching_group = gone.teaching_group and m.person = gone.person and m.start_date <= $4`,
};

const SAVE_MEMBERS: Statement = {
  name: 'test-access.save-members',
  text: `insert into test_access.group_member(teaching_group, person, start_date, end_date)
         select * from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[])
             on conflict (teaching_group, person) do update
            set start_date = excluded.start_date, end_date = excluded.end_date
          where (group_member.start_date, group_member.end_date) is distinct from (excluded.start_date, excluded.end_date)`,
};

const SAVE_ACTIVITIES: Statement = {
  name: 'test-access.save-activities',
  text: `insert into test_access.teaching_activity(id, last_sequence, test_activity, huvudman, school_unit, start_date, end_date, groups)
         select n.id, n.last_sequence, n.test_activity, n.huvudman, n.school_unit, n.start_date, n.end_date, n.groups::uuid[]
           from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::date[], $8::text[])
             as n(id, last_sequence, test_activity, huvudman, school_unit, start_date, end_date, groups)
             on conflict (id) do update
            set last_sequence = excluded.last_sequence, test_activity = excluded.test_activity, huvudman = excluded.huvudman,
                school_unit = excluded.school_unit, start_date = excluded.start_date, end_date = excluded.end_date,
                groups = excluded.groups`,
};

/**
 * The pupils of the groups that a test hangs on are decided about again at once. Asked before and after the change: whoever was taken off a list,
 * or whose group was taken off a course, is due as well. By id, as every unit locks them.
 */
const MAKE_DUE: Statement = {
  name: 'test-access.course-makes-due',
  text: `with due as (
           select p.person from test_access.person_access p
            where p.person in (
                    select m.person from test_access.group_member m
                     where m.teaching_group = any($1::uuid[])
                       and exists (select from test_access.teaching_activity a
                                    where a.test_activity is not null and a.groups @> array[m.teaching_group])
                    union
                    select m.person from test_access.teaching_activity a
                      join test_access.group_member m on m.teaching_group = any(a.groups)
                     where a.id = any($2::uuid[]) and a.test_activity is not null)
            order by p.person for update)
         update test_access.person_access p set next_due = least(p.next_due, $3)
           from due where p.person = due.person`,
};

const OF_PERSONS: Statement = {
  name: 'test-access.courses-of-persons',
  text: `select m.person, a.test_activity as activity, a.huvudman, a.school_unit as "schoolUnit",
                greatest(m.start_date, g.start_date, a.start_date) as "from", least(m.end_date, g.end_date, a.end_date) as "to"
           from test_access.group_member m
           join test_access.teaching_group g on g.id = m.teaching_group
           join test_access.teaching_activity a on a.test_activity is not null and a.groups @> array[m.teaching_group]
          where m.person = any($1::uuid[])
          order by a.test_activity, a.id, m.teaching_group`,
};

const FORGET_PERSONS: Statement = {
  name: 'test-access.forget-members',
  text: `delete from test_access.group_member where person = any($1::uuid[])`,
};

/** A group or an activity as an event of `canonical.events` carries it. */
export interface Versioned<State> {
  readonly state: State;
  readonly sequence: string;
  /** Its source has taken it back. */
  readonly isCancelled: boolean;
}

interface HeldRow {
  readonly id: string;
  readonly lastSequence: string;
}

interface ParticipationRow extends Omit<Participation, 'schoolUnit'> {
  readonly person: string;
  readonly schoolUnit: string | null;
}

export interface CourseQuestion {
  readonly calendar: Calendar;
  formerIdsOf(person: string): readonly string[];
}

/** Who takes which course. Kept of every group, since a course may name it later. */
@Injectable()
export class CourseStore {
  /** Takes in what is newer than what is held, and makes due whose courses it may change. */
  async takeIn(
    groups: readonly Versioned<GroupState>[],
    activities: readonly Versioned<ActivityState>[],
    unit: UnitOfWork,
  ): Promise<void> {
    const [heldGroups, heldActivities] = await Promise.all([
      held(HELD_GROUPS, groups, unit),
      held(HELD_ACTIVITIES, activities, unit),
    ]);
    const newGroups = newest(groups, heldGroups);
    const newActivities = newest(activities, heldActivities);
    if (newGroups.length + newActivities.length === 0) return;
    const about = [newGroups, newActivities].map((list) => list.map(({ state }) => state.id));
    unit.write(MAKE_DUE, [...about, unit.now]);
    if (newGroups.length > 0) saveGroups(newGroups, unit);
    if (newActivities.length > 0) saveActivities(newActivities, unit);
    unit.write(MAKE_DUE, [...about, unit.now]);
  }

  /**
   * What each of the persons takes; nothing is asked while no test of the calendar is assigned by course.
   *
   * @param formerIdsOf ids under which a person was a member before.
   */
  async of(
    persons: readonly string[],
    { calendar, formerIdsOf }: CourseQuestion,
    unit: UnitOfWork,
  ): Promise<(person: string) => readonly Participation[]> {
    if (persons.length === 0 || calendar.courseSchoolTypes.size === 0) return () => [];
    const personOf = new Map<string, string>();
    for (const person of persons) {
      for (const id of [...formerIdsOf(person), person]) personOf.set(id, person);
    }
    const rows = await unit.query<ParticipationRow>(OF_PERSONS, [[...personOf.keys()]]);
    const found = new Map<string, Participation[]>();
    for (const { person: member, schoolUnit, ...participation } of rows) {
      const person = personOf.get(member)!;
      const all = found.get(person) ?? [];
      all.push(schoolUnit === null ? participation : { ...participation, schoolUnit });
      found.set(person, all);
    }
    return (person) => found.get(person) ?? [];
  }

  /** Of somebody who is erased nothing is kept. */
  forget(persons: readonly string[], unit: UnitOfWork): void {
    if (persons.length > 0) unit.write(FORGET_PERSONS, [persons]);
  }
}

async function held(
  statement: Statement,
  versions: readonly Versioned<{ readonly id: string }>[],
  unit: UnitOfWork,
): Promise<ReadonlyMap<string, string>> {
  if (versions.length === 0) return new Map();
  const ids = versions.map(({ state }) => state.id);
  const rows = await unit.query<HeldRow>(statement, [ids]);
  return new Map(rows.map(({ id, lastSequence }) => [id, lastSequence]));
}

/** The newest version of each that is newer than the one held. */
function newest<State extends { readonly id: string }>(
  versions: readonly Versioned<State>[],
  heldSequences: ReadonlyMap<string, string>,
): Versioned<State>[] {
  const found = new Map<string, Versioned<State>>();
  for (const version of versions) {
    const { id } = version.state;
    const seen = found.get(id)?.sequence ?? heldSequences.get(id);
    if (isNewer(version.sequence, seen)) found.set(id, version);
  }
  return [...found.values()].sort((one, other) => (one.state.id < other.state.id ? -1 : 1));
}

function saveGroups(groups: readonly Versioned<GroupState>[], unit: UnitOfWork): void {
  const members = groups.flatMap(membersOf);
  const ids = groups.map(({ state }) => state.id);
  const [groupOf, persons] = [members.map(({ group }) => group), members.map(({ person }) => person)]; // prettier-ignore
  unit.write(SAVE_GROUPS, [
    ids,
    groups.map(({ sequence }) => sequence),
    groups.map(({ state }) => state.startDate),
    groups.map(({ state }) => state.endDate ?? NEVER),
  ]);
  unit.write(END_MEMBERS, [ids, groupOf, persons, stockholmDay(unit.now)]);
  if (members.length === 0) return;
  unit.write(SAVE_MEMBERS, [
    groupOf,
    persons,
    members.map(({ from }) => from),
    members.map(({ to }) => to),
  ]);
}

/** One row for each member; several times of one person in a group count as one from the first to the last. */
function membersOf({ state, isCancelled }: Versioned<GroupState>) {
  if (isCancelled) return [];
  const members = new Map<string, { group: string; person: string; from: string; to: string }>();
  for (const { person, startDate = ALWAYS, endDate = NEVER } of state.groupMemberships) {
    const known = members.get(person);
    members.set(person, {
      group: state.id,
      person,
      from: known && known.from < startDate ? known.from : startDate,
      to: known && known.to > endDate ? known.to : endDate,
    });
  }
  return [...members.values()].sort((one, other) => (one.person < other.person ? -1 : 1));
}

function saveActivities(activities: readonly Versioned<ActivityState>[], unit: UnitOfWork): void {
  unit.write(SAVE_ACTIVITIES, [
    activities.map(({ state }) => state.id),
    activities.map(({ sequence }) => sequence),
    activities.map(({ state, isCancelled }) =>
      isCancelled ? null : (state.parentActivity ?? null),
    ),
    activities.map(({ state }) => state.huvudman),
    activities.map(({ state }) => state.schoolUnit ?? null),
    activities.map(({ state }) => state.startDate),
    activities.map(({ state }) => state.endDate ?? NEVER),
    activities.map(({ state }) => `{${state.groups.join(',')}}`),
  ]);
}
