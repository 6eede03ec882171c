import { addDays } from '#canonical';
import type { assignTests } from '../../../apps/test-access/src/rules/assign-tests.js';
import type { windowBonds } from '../../../apps/test-access/src/rules/bind-tests.js';
import type {
  bridgeEnd,
  isCompleted,
  lastDayOf,
} from '../../../apps/test-access/src/rules/bridge-leave.js';
import type { chooseHome } from '../../../apps/test-access/src/rules/choose-home.js';
import type { compareEntries } from '../../../apps/test-access/src/rules/compare-entries.js';
import type { decideAccess } from '../../../apps/test-access/src/rules/decide-access.js';
import type { entitleDuties } from '../../../apps/test-access/src/rules/entitle-duties.js';
import type { entitleEnrolments } from '../../../apps/test-access/src/rules/entitle-enrolments.js';
import type { nextDue } from '../../../apps/test-access/src/rules/next-due.js';
import type { placeBegunTests } from '../../../apps/test-access/src/rules/place-begun-tests.js';
import type {
  rememberEppns,
  resolveEppns,
} from '../../../apps/test-access/src/rules/resolve-eppns.js';
import type { traceStays } from '../../../apps/test-access/src/rules/trace-stays.js';
import type { isOver } from '../../../apps/normalise/src/decide/standing-duty.js';
import type { endDuties } from '../../../apps/normalise/src/decide/replace-duty.js';
import { faulty, type FaultyRule } from './stand-in.js';

const RULES = 'apps/test-access/src/rules';
const entitling = { file: `${RULES}/entitle-enrolments`, rule: 'entitleEnrolments' };
const comparing = { file: `${RULES}/compare-entries`, rule: 'compareEntries' };
const bridging = `${RULES}/bridge-leave`;
const choosing = { file: `${RULES}/choose-home`, rule: 'chooseHome' };
const assigning = { file: `${RULES}/assign-tests`, rule: 'assignTests' };
const placing = { file: `${RULES}/place-begun-tests`, rule: 'placeBegunTests' };
const resolving = { file: `${RULES}/resolve-eppns`, rule: 'resolveEppns' };
const due = { file: `${RULES}/next-due`, rule: 'nextDue' };
const deciding = { file: `${RULES}/decide-access`, rule: 'decideAccess' };
const duties = { file: `${RULES}/entitle-duties`, rule: 'entitleDuties' };
const staying = { file: `${RULES}/trace-stays`, rule: 'traceStays' };

/** Rules 1 to 4 of design §6. */
export const FAULTY_MOVES: readonly FaultyRule[] = [
  faulty<typeof chooseHome>('the earlier start keeps the home', {
    breaks: '§6.1',
    ...choosing,
    make: (real) => (stays, facts) => {
      const choice = real(stays, facts);
      const home = [...stays].sort((one, other) => (one.start < other.start ? -1 : 1))[0]!;
      const others = stays.filter((stay) => stay !== home);
      return { ...choice, home, contested: others.map((stay) => ({ stay })) };
    },
  }),
  faulty<typeof chooseHome>('who is not home loses access at once', {
    breaks: '§6.1',
    ...choosing,
    make: (real) => (stays, facts) => ({ ...real(stays, facts), contested: [] }),
  }),
  faulty<typeof entitleEnrolments>('both sides of an overlap are home', {
    breaks: '§6.1',
    ...entitling,
    make: (real) => (facts) => {
      const wanted = real(facts);
      const entries = wanted.entries.map((entry) => ({ ...entry, home: entry.eppn !== null }));
      return { ...wanted, entries };
    },
  }),
  faulty<typeof compareEntries>('revoked before granted', {
    breaks: '§6.2',
    ...comparing,
    make: (real) => (present, wanted, context) => {
      const compared = real(present, wanted, { ...context, isProtected: true });
      return { ...compared, decisions: [...compared.decisions].reverse() };
    },
  }),
  faulty<typeof entitleEnrolments>('the old entry ends before the new one is usable', {
    breaks: '§6.2',
    ...entitling,
    make: (real) => (facts) => {
      const wanted = real(facts);
      const isHeld = ({ held }: (typeof wanted.entries)[number]) => held === 'make-before-break';
      return { ...wanted, entries: wanted.entries.filter((entry) => !isHeld(entry)) };
    },
  }),
  faulty<typeof traceStays>('a cancelled join counts', {
    breaks: '§6.2',
    ...staying,
    make: (real) => (enrolments, today) =>
      real(
        enrolments.map((one) => ({ ...one, cancelled: false })),
        today,
      ),
  }),
  faulty<typeof bridgeEnd>('the bridge is too short', {
    breaks: '§6.3',
    file: bridging,
    rule: 'bridgeEnd',
    make: (real) => (stay, facts) => addDays(real(stay, facts), -30),
  }),
  faulty<typeof isCompleted>('every end is a completion', {
    breaks: '§6.3',
    file: bridging,
    rule: 'isCompleted',
    make: () => (stay) => stay.end !== '9999-12-31',
  }),
  faulty<typeof entitleEnrolments>('a huvudman without bridging bridges', {
    breaks: '§6.3',
    ...entitling,
    make: (real) => (facts) => {
      const { rules } = facts;
      const policyOf = (huvudman: string) => ({ ...rules.policyOf(huvudman), bridging: true });
      return real({ ...facts, rules: { ...rules, policyOf } });
    },
  }),
  faulty<typeof entitleEnrolments>('a gap is not shown', {
    breaks: '§6.3',
    ...entitling,
    make: (real) => (facts) => {
      const wanted = real(facts);
      return { ...wanted, standings: wanted.standings.filter(({ state }) => state !== 'gap') };
    },
  }),
  faulty<typeof assignTests>('a begun test begins anew', {
    breaks: '§6.4',
    ...assigning,
    make: (real) => (facts) => real({ ...facts, reported: [] }),
  }),
  faulty<typeof assignTests>('a test at the new school is another test', {
    breaks: '§6.4',
    ...assigning,
    make: (real) => (facts) => {
      const { tests, wakes } = real({ ...facts, present: [] });
      return {
        tests: tests.map((test) => ({ ...test, id: `${test.id}|${test.schoolUnit}` })),
        wakes,
      };
    },
  }),
  faulty<typeof windowBonds>('no window holds the home', {
    breaks: '§6.1',
    file: `${RULES}/bind-tests`,
    rule: 'windowBonds',
    make: () => () => [],
  }),
  faulty<typeof placeBegunTests>('no begun test holds the home', {
    breaks: '§6.1',
    ...placing,
    make: () => () => [],
  }),
  faulty<typeof placeBegunTests>('a test begun elsewhere binds the old school', {
    breaks: '§6.1',
    ...placing,
    make: () => (facts) => {
      const begun = facts.tests.filter(({ state }) => state === 'begun');
      return begun.flatMap((test) => facts.stays.map((stay) => ({ test, stay })));
    },
  }),
];

/** Rules 5 to 8 of design §6. */
export const FAULTY_ACCESS: readonly FaultyRule[] = [
  faulty<typeof entitleDuties>('a duty goes on after its last day', {
    breaks: '§6.5',
    ...duties,
    make: (real) => (all, rules, eppnOf) =>
      real(
        all.map((duty) => ({ ...duty, endDate: undefined })),
        rules,
        eppnOf,
      ),
  }),
  faulty<typeof endDuties>('staff whom their register drops keep their duties', {
    breaks: '§6.5',
    file: 'apps/normalise/src/decide/replace-duty',
    rule: 'endDuties',
    make: () => () => [],
  }),
  faulty<typeof isOver>('a duty from before its person was dropped comes late, and stands', {
    breaks: '§6.5',
    file: 'apps/normalise/src/decide/standing-duty',
    rule: 'isOver',
    make: () => () => false,
  }),
  faulty<typeof entitleDuties>('staff need no assurance', {
    breaks: '§6.5',
    ...duties,
    make: (real) => (all, rules, eppnOf) => {
      const { entries, wakes } = real(all, rules, eppnOf);
      return {
        entries: entries.map((entry) => ({ ...entry, requiredAssurance: 'none' as const })),
        wakes,
      };
    },
  }),
  faulty<typeof resolveEppns>('staff log in as the pupil that they were', {
    breaks: '§6.5',
    ...resolving,
    make: (real) => (facts, stays, about) =>
      real(
        facts,
        stays.filter(({ end }) => end >= about.today),
        about,
      ),
  }),
  faulty<typeof entitleEnrolments>('the home stays where it was first', {
    breaks: '§6.6',
    ...entitling,
    make: (real) => (facts) => {
      const wanted = real(facts);
      const isPresent = ({ schoolUnit, eppn }: (typeof wanted.entries)[number]) =>
        eppn !== null && schoolUnit === facts.present?.schoolUnit;
      if (!wanted.entries.some(isPresent)) return wanted;
      return {
        ...wanted,
        entries: wanted.entries.map((entry) => ({ ...entry, home: isPresent(entry) })),
      };
    },
  }),
  faulty<typeof rememberEppns>('an EPPN that is taken away ends the entry', {
    breaks: '§6.2',
    file: `${RULES}/resolve-eppns`,
    rule: 'rememberEppns',
    make: () => () => ({}),
  }),
  faulty<typeof decideAccess>('facts of another day decide', {
    breaks: '§6.6',
    ...deciding,
    make: (real) => (record, facts, context) =>
      real(record, { ...facts, enrolments: facts.enrolments.slice(0, 1) }, context),
  }),
  faulty<typeof nextDue>('nobody looks when a day comes', {
    breaks: '§6.7',
    ...due,
    make: () => () => null,
  }),
  faulty<typeof nextDue>('a day is looked at when it is over', {
    breaks: '§6.7',
    ...due,
    make: (real) => (wakes, today) =>
      real(
        wakes.map((day) => addDays(day, 1)),
        today,
      ),
  }),
  faulty<typeof lastDayOf>('the end of a bridge is not waited for', {
    breaks: '§6.7',
    file: bridging,
    rule: 'lastDayOf',
    make: () => () => '2000-01-01',
  }),
  faulty<typeof entitleEnrolments>('a protected pupil is bridged like any other', {
    breaks: '§6.8',
    ...entitling,
    make: (real) => (facts) => real({ ...facts, isProtected: false }),
  }),
  faulty<typeof compareEntries>('a protected pupil’s move is told as one', {
    breaks: '§6.8',
    ...comparing,
    make: (real) => (present, wanted, context) =>
      real(present, wanted, { ...context, isProtected: false }),
  }),
  faulty<typeof resolveEppns>('an EPPN of another huvudman opens the door', {
    breaks: '§6.1',
    ...resolving,
    make: (real) => (facts, stays, about) => ({
      ...real(facts, stays, about),
      ofPupil: () => facts.eppns[0]?.value ?? null,
    }),
  }),
];
