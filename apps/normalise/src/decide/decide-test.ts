import { TEST_STATES, type PersonState, type ReportedTest } from '#canonical';
import type { TestFact } from '../facts/source-fact.js';
import { eppnReference } from '../register/hub-ids.js';
import type { IdentifierRecord } from '../register/records.js';
import type { Deciding } from './deciding.js';
import { contradiction, missingReference } from './park-reasons.js';
import { announcePerson, announced, filtered, parked, type Verdict } from './verdict.js';

/** Beyond these a person's oldest reports are left out (bound of `PersonState`). */
export const TESTS_MAX = 500;

/**
 * A test platform says where a pupil stands in a test. An EPPN that its huvudman has let go still finds the pupil: a test that was
 * begun before a move is reported under the old one. States only go forward: assigned, begun, submitted; of one state told twice the
 * earlier time holds, whichever report comes first.
 */
export function decideTest(item: TestFact, { register }: Deciding): Verdict {
  const { fact, source } = item;
  const digest = item.eppnDigests[0]!;
  const names = register.identifiers('eppn', digest);
  const persons = new Set(names.map(({ person }) => person));
  if (persons.size > 1) {
    return parked(
      contradiction(
        source.id,
        '/eppn',
        'expected an EPPN that one person has; an administrator must decide whose it is',
      ),
    );
  }
  const [id] = persons;
  const person = id === undefined ? undefined : register.persons.get(id);
  if (person === undefined || person.state === null) {
    const says =
      'expected an EPPN that a student register or learning platform has sent; send the person first';
    return parked(missingReference(source.id, '/eppn', eppnReference(digest), says));
  }
  const { tests } = person.state;
  const known = tests.find((test) => test.id === fact.assignment);
  if (known !== undefined && !isFurther(fact, known)) {
    return filtered(
      known.state === fact.state ? 'filtered:unchanged' : 'filtered:older',
      person.id,
    );
  }
  const reported: ReportedTest = {
    id: fact.assignment,
    activity: fact.activity,
    state: fact.state,
    at: fact.at,
    ...huvudmanOf(names, person.state, fact.eppn),
  };
  const others = tests.filter((test) => test.id !== fact.assignment);
  const differences = register.replaceState(person, {
    ...person.state,
    tests: newestTests([...others, reported]),
  });
  return announced(person.id, announcePerson(person, differences));
}

type Report = Pick<ReportedTest, 'state' | 'at'>;

/** Which of two reports of one assignment holds, whichever is heard first (design §6, rule 6). */
export function isFurther(report: Report, known: Report): boolean {
  if (report.state !== known.state) return rank(report.state) > rank(known.state);
  return report.at < known.at;
}

function rank(state: ReportedTest['state']): number {
  return TEST_STATES.indexOf(state);
}

export function newestTests(tests: ReportedTest[]): ReportedTest[] {
  if (tests.length <= TESTS_MAX) return tests;
  return tests.sort((left, right) => (left.at < right.at ? 1 : -1)).slice(0, TESTS_MAX);
}

/** Whose EPPN it is; absent where it was let go before the register kept that. */
function huvudmanOf(
  [name]: readonly IdentifierRecord[],
  { eppns }: PersonState,
  eppn: string,
): Pick<ReportedTest, 'huvudman'> {
  const wanted = eppn.toLowerCase();
  const huvudman =
    name?.huvudman ?? eppns.find(({ value }) => value.toLowerCase() === wanted)?.huvudman;
  return huvudman === undefined ? {} : { huvudman };
}
