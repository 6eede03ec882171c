import type { Fact, PersonAsserted } from '#adapters';
import type { Fault } from './findings.js';
import { dayNumber, dayText, type Deed, type History, type Step } from './history.js';
import { FIRST_DAY, HUVUDMEN, PERSONS } from './world.js';

/** A history as sentences: on which day who said what, and what came of it. */
export function tellStory({ steps }: History, faults: readonly Fault[]): string {
  let day = dayNumber(FIRST_DAY);
  const lines: string[] = [];
  for (const step of steps) {
    if (step.is === 'days') day += step.days;
    lines.push(`${dayText(day)}  ${tellStep(step)}`);
  }
  for (const { kind, says } of faults) lines.push(`${dayText(day)}  WRONG (${kind}): ${says}.`);
  return lines.join('\n');
}

const HOW: Readonly<Record<Extract<Step, { is: 'told' }>['how'], string>> = {
  new: '',
  late: ', with delay',
  again: ', once more',
  resent: ', in a full resend',
};

function tellStep(step: Step): string {
  if (step.is === 'days') return `${step.days} ${step.days === 1 ? 'day passes' : 'days pass'}.`;
  if (step.is === 'done') return tellDeed(step.deed);
  const { source, fact } = step.telling;
  const said = fact.modified.slice(0, 10);
  return `${source} says${HOW[step.how]} (its word of ${said}): ${tellFact(fact)}.`;
}

function tellDeed({ does, localId }: Deed): string {
  if (does === 'separate') return `A human says that ${localId} is not who it was joined with.`;
  return `A human answers what is asked about ${localId}, if one thing is: ${does}.`;
}

function tellFact(fact: Fact): string {
  switch (fact.kind) {
    case 'person-asserted':
      return tellPerson(fact);
    case 'person-removed':
      return `${fact.localId} is no longer in the register`;
    case 'account-asserted':
      return fact.state === 'deleted'
        ? `the account of ${fact.person} is deleted`
        : `${fact.person} has an account with the EPPN ${fact.eppn}`;
    case 'duty-asserted':
      return `${fact.person} teaches at unit ${fact.unit} from ${fact.startDate}${fact.endDate === undefined ? '' : ` to ${fact.endDate}`}`;
    case 'test-reported':
      return `whoever logs in as ${fact.eppn} has ${fact.state} test ${fact.activity.slice(0, 8)}`;
    case 'school-unit-asserted':
      return `unit ${fact.code} is ${ownerNamed(fact.organisationNumber)}’s`;
    default:
      return fact.kind;
  }
}

function ownerNamed(organisationNumber: string): string | undefined {
  return HUVUDMEN.find((one) => one.organisationNumber === organisationNumber)?.id;
}

function tellPerson(fact: PersonAsserted): string {
  const { localId, names, securityMarking, eppns } = fact;
  const owner = PERSONS.find(({ number, tfNumber }) => fact.civicNo === number || fact.civicNo === tfNumber); // prettier-ignore
  const isTf = owner !== undefined && fact.civicNo === owner.tfNumber;
  const isOwn = owner?.name === names.givenName;
  const whose = isOwn
    ? isTf
      ? ' with a TF number'
      : ''
    : ` with ${owner === undefined ? 'a number unheard of' : `${owner.name}’s number`}`;
  const marked = securityMarking === 'Ingen' ? '' : `, ${securityMarking}`;
  const login = eppns.length === 0 ? 'no EPPN' : `EPPN ${eppns.join(' and ')}`;
  const enrolments = fact.enrolments.map(
    ({ unit, schoolType, schoolYear, startDate, endDate, cancelled }) =>
      `${cancelled ? 'cancelled: ' : ''}${schoolType}${schoolYear === undefined ? '' : ` year ${schoolYear}`} at unit ${unit} from ${startDate}` +
      (endDate === undefined ? '' : ` to ${endDate}`),
  );
  const enrolled = enrolments.length === 0 ? 'no enrolment' : enrolments.join('; ');
  return `${localId} is ${names.givenName}${whose}${marked}, ${login}: ${enrolled}`;
}
