import { type DutyRole, addDays, stockholmDay, type Day } from '#canonical';
import { inventEppn, inventRecord } from '../invent/invent-people.js';
import { inventFamilyName } from '../invent/names.js';
import { Random } from '../invent/random.js';
import { recordOf, standingEnrolment, type Pupil, type PupilRecord, type ReportedAbsence, type Town,
  type TownEnrolment, type TownHuvudman, type UnfinishedMove } from '../invent/town.js'; // prettier-ignore
import { sayAbsence, sayAbsenceDeleted, sayAttendance } from '../systems/absence-system.js';
import { sayAccount, sayCourseEnrolment } from '../systems/canvas.js';
import type { Saying } from '../systems/source-event.js';
import { sayDuty, sayPupil } from '../systems/student-register.js';
import { sayTest } from '../systems/test-platform.js';

/** What a change is made from. `at` is later than anything said before. */
interface Moment {
  readonly town: Town;
  readonly random: Random;
  readonly at: Date;
  readonly day: Day;
}

type Change = (moment: Moment) => Saying[];

/** How often each change comes, in shares of a school day's traffic. */
const CHANGES: readonly (readonly [Change, number])[] = [
  [reportAbsence, 28],
  [reportAttendance, 26],
  [continueMove, 10],
  [advanceTest, 10],
  [joinCourse, 8],
  [correctAbsence, 5],
  [changeEppn, 4],
  [startMove, 4],
  [cancelAbsence, 2],
  [changeName, 1],
  [moveWithin, 1],
  [changeDuty, 1],
];
const SHARES = CHANGES.reduce((sum, [, share]) => sum + share, 0);

const ABSENCES_KEPT = 200;
const MOVES_AT_ONCE = 12;

/**
 * Makes the next change in the town and gives what its systems say of it. Which change it is follows from the seed and its number
 * alone; its times follow from `at`.
 */
export function changeTown(town: Town, at: Date): Saying[] {
  const random = new Random('change', town.seed, town.changes++);
  const moment = { town, random, at, day: stockholmDay(at) };
  let left = random.below(SHARES);
  const [change] = CHANGES.find(([, share]) => (left -= share) < 0)!;
  const sayings = change(moment);
  // Where a change finds nobody to happen to, the day goes on with the most usual one.
  return sayings.length > 0 ? sayings : reportAbsence(moment);
}

function reportAbsence(moment: Moment): Saying[] {
  const { town, random, at } = moment;
  const found = somebody(moment);
  if (!found) return [];
  const { record, unit } = found;
  const id = random.uuid();
  const startTime = at.toISOString();
  const endTime = new Date(at.getTime() + (1 + random.below(7)) * 3_600_000).toISOString();
  const { huvudman, localId } = record;
  const absence = { id, huvudman, student: localId, unit, startTime, endTime };
  town.absences.push(absence);
  if (town.absences.length > ABSENCES_KEPT) town.absences.shift();
  return [sayAbsence(absence, about(moment, absence.huvudman))];
}

function correctAbsence(moment: Moment): Saying[] {
  const absence = someAbsence(moment);
  if (!absence) return [];
  absence.endTime = new Date(Date.parse(absence.endTime) + 1_800_000).toISOString();
  return [sayAbsence(absence, about(moment, absence.huvudman))];
}

function cancelAbsence(moment: Moment): Saying[] {
  const { town } = moment;
  const absence = someAbsence(moment);
  if (!absence) return [];
  town.absences.splice(town.absences.indexOf(absence), 1);
  return [sayAbsenceDeleted(absence, about(moment, absence.huvudman))];
}

function someAbsence({ town, random }: Moment): ReportedAbsence | undefined {
  return town.absences.length === 0 ? undefined : random.pick(town.absences);
}

function reportAttendance(moment: Moment): Saying[] {
  const { random } = moment;
  const found = somebody(moment);
  if (!found) return [];
  const lateMinutes = random.chance(0.1) ? 5 + random.below(30) : 0;
  const lesson = { id: random.uuid(), student: found.record.localId, lateMinutes };
  return [sayAttendance(lesson, about(moment, found.record.huvudman))];
}

function joinCourse(moment: Moment): Saying[] {
  const { random } = moment;
  const found = somebody(moment, ({ hasCanvas }) => hasCanvas);
  if (!found) return [];
  const id = `2107${String(random.below(500)).padStart(13, '0')}`;
  const course = { enrolment: `2107${String(random.below(1e9)).padStart(13, '0')}`, id };
  return [sayCourseEnrolment(found.record, course, about(moment, found.record.huvudman))];
}

/** A test goes on: who has begun hands in, somebody else begins. */
function advanceTest(moment: Moment): Saying[] {
  const { town, random, at, day } = moment;
  if (town.begunTests.length > 0 && random.chance(0.4)) {
    const [test] = town.begunTests.splice(random.below(town.begunTests.length), 1);
    return [sayTest('submitted', test!, at)];
  }
  const found = somebody(moment);
  const test = town.calendar.tests.find(
    ({ schoolType, schoolYear, windowStart, windowEnd }) =>
      schoolType === found?.schoolType &&
      schoolYear === found.schoolYear &&
      windowStart <= day &&
      windowEnd >= day,
  );
  const eppn = found?.record.eppn;
  if (!found || !test || !eppn) return [];
  const { activity } = test;
  if (town.begunTests.some((begun) => begun.activity === activity && begun.pupil === found.index)) {
    return [];
  }
  const begun = { assignment: random.uuid(), activity, eppn, pupil: found.index };
  town.begunTests.push(begun);
  return [sayTest('begun', begun, at)];
}

function changeEppn(moment: Moment): Saying[] {
  const found = somebody(moment);
  if (!found) return [];
  const { pupil, record } = found;
  const { huvudman } = about(moment, record.huvudman);
  record.eppn = inventEppn(moment.random, huvudman);
  return tellPupil(moment, pupil, record);
}

function changeName(moment: Moment): Saying[] {
  const found = somebody(moment);
  if (!found) return [];
  found.pupil.familyName = inventFamilyName(moment.random);
  return tellPupil(moment, found.pupil, found.record);
}

/** To another unit of the same huvudman, from today. */
function moveWithin(moment: Moment): Saying[] {
  const { town, random, day } = moment;
  const found = somebody(moment);
  if (!found) return [];
  const { pupil, record, enrolment } = found;
  const target = unitFor(town, record.huvudman, found, random);
  if (!target) return [];
  end(enrolment, day);
  record.enrolments.push({ unit: target, schoolYear: enrolment.schoolYear, startDate: day });
  return tellPupil(moment, pupil, record);
}

/** A pupil leaves for another huvudman. What the two registers say, and when the new EPPN comes, is told one by one later. */
function startMove(moment: Moment): Saying[] {
  const { town, random } = moment;
  const found = somebody(moment);
  if (!found || town.moves.length >= MOVES_AT_ONCE) return [];
  if (town.moves.some((move) => move.pupil === found.index)) return [];
  const { index } = found;
  const others = town.huvudmen.filter(
    ({ id }) => id !== found.record.huvudman && unitFor(town, id, found, random),
  );
  if (others.length === 0) return [];
  const left: UnfinishedMove['left'] = random.chance(0.5) ? ['leave', 'join'] : ['join', 'leave'];
  if (random.chance(0.5)) left.push('eppn');
  town.moves.push({ pupil: index, to: random.pick(others).id, left });
  return continueMove(moment);
}

function continueMove(moment: Moment): Saying[] {
  const { town, random } = moment;
  if (town.moves.length === 0) return [];
  const move = random.pick(town.moves);
  const next = move.left.shift();
  if (move.left.length === 0) town.moves.splice(town.moves.indexOf(move), 1);
  const pupil = town.pupils[move.pupil]!;
  switch (next) {
    case 'leave':
      return leave(moment, pupil, move.to);
    case 'join':
      return join(moment, pupil, move);
    case 'eppn': {
      const record = recordOf(pupil);
      record.eppn ??= inventEppn(random, about(moment, record.huvudman).huvudman);
      return tellPupil(moment, pupil, record);
    }
    case undefined:
      return [];
    default:
      return next satisfies never;
  }
}

function leave(moment: Moment, pupil: Pupil, to: string): Saying[] {
  const old = pupil.records.findLast(({ huvudman }) => huvudman !== to);
  const enrolment = old && standingEnrolment(old, moment.day);
  if (!old || !enrolment) return [];
  end(enrolment, moment.day);
  return tellPupil(moment, pupil, old);
}

/** Yesterday was the last day; an enrolment that began today never was. */
function end(enrolment: TownEnrolment, day: Day): void {
  if (enrolment.startDate === day) enrolment.cancelled = true;
  else enrolment.endDate = addDays(day, -1);
}

function join(moment: Moment, pupil: Pupil, { to, left }: UnfinishedMove): Saying[] {
  const { town, random, day } = moment;
  const before = recordOf(pupil).enrolments.at(-1)!;
  const { schoolType } = town.units.find(({ code }) => code === before.unit)!;
  const place = { schoolType, schoolYear: before.schoolYear, unit: before.unit };
  const target = unitFor(town, to, place, random);
  if (!target) return [];
  const known = pupil.records.find(({ huvudman }) => huvudman === to);
  const record = known ?? inventRecord(random, about(moment, to).huvudman);
  pupil.records.splice(pupil.records.indexOf(record), known ? 1 : 0);
  pupil.records.push(record);
  if (left.includes('eppn')) record.eppn = null;
  record.enrolments.push({ unit: target, schoolYear: before.schoolYear, startDate: day });
  return tellPupil(moment, pupil, record);
}

const ROLES: readonly DutyRole[] = ['Lärare', 'Förstelärare', 'Speciallärare/specialpedagog'];

function changeDuty(moment: Moment): Saying[] {
  const { town, random } = moment;
  const teachers = town.staff.filter(({ duty }) => ROLES.includes(duty.dutyRole));
  if (teachers.length === 0) return [];
  const member = random.pick(teachers);
  member.duty.dutyRole = random.pick(ROLES.filter((role) => role !== member.duty.dutyRole));
  return [sayDuty(member, about(moment, member.huvudman))];
}

/** The pupil's register, and Canvas where the huvudman has it. */
function tellPupil(moment: Moment, pupil: Pupil, record: PupilRecord): Saying[] {
  const parts = about(moment, record.huvudman);
  const sayings = [sayPupil(pupil, record, parts)];
  const hasAccount = parts.huvudman.hasCanvas && record.eppn !== null;
  return hasAccount ? [...sayings, sayAccount('user_updated', record, parts)] : sayings;
}

function about({ town, at }: Moment, id: string) {
  return { huvudman: town.huvudmen.find((huvudman) => huvudman.id === id)!, units: town.units, at };
}

/** How often chance is asked for somebody who is at school, before nobody is. */
const ASKED_MAX = 20;

function somebody(
  { town, random, day }: Moment,
  isWanted: (huvudman: TownHuvudman) => boolean = () => true,
) {
  for (let asked = 0; asked < ASKED_MAX && town.pupils.length > 0; asked++) {
    const index = random.below(town.pupils.length);
    const pupil = town.pupils[index]!;
    const record = recordOf(pupil);
    const enrolment = standingEnrolment(record, day);
    const huvudman = town.huvudmen.find(({ id }) => id === record.huvudman)!;
    if (!enrolment || !isWanted(huvudman)) continue;
    const { schoolType } = town.units.find(({ code }) => code === enrolment.unit)!;
    const { unit, schoolYear } = enrolment;
    return { index, pupil, record, enrolment, unit, schoolType, schoolYear };
  }
  return undefined;
}

/** Another unit of the huvudman that has the pupil's school type and year. */
function unitFor(
  { units }: Pick<Town, 'units'>,
  huvudman: string,
  pupil: { readonly unit: string; readonly schoolType: string; readonly schoolYear: number },
  random: Random,
): string | undefined {
  const fitting = units.filter(
    ({ code, huvudman: owner, schoolType, firstYear, lastYear }) =>
      owner === huvudman &&
      code !== pupil.unit &&
      schoolType === pupil.schoolType &&
      firstYear <= pupil.schoolYear &&
      lastYear >= pupil.schoolYear,
  );
  return fitting.length === 0 ? undefined : random.pick(fitting).code;
}
