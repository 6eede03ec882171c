import organisationsnummerModule from 'organisationsnummer';
import type { HuvudmanSetting } from '#canonical';

// The package is CommonJS whose `module.exports` is the class; its typings describe an ES module with a default export.
const organisationsnummer = organisationsnummerModule as unknown as {
  valid(text: string): boolean;
};

/**
 * What is wrong with a huvudman's organisation number; undefined when nothing is. The number is what the national register's units are
 * matched by: one wrong digit, and every pupil of the huvudman is parked. A sole trader's is a personnummer (standards §3.3). What a
 * source or the register sends is not checked so: Skolverket's own example has a wrong check digit.
 */
export function organisationNumberFault({
  organisationNumber,
  invented,
}: Pick<HuvudmanSetting, 'organisationNumber' | 'invented'>): string | undefined {
  const isRight = organisationsnummer.valid(organisationNumber);
  if (invented === true) {
    return isRight
      ? 'Expected a wrong check digit where `invented` is true: a number that is right may be somebody’s'
      : undefined;
  }
  return isRight
    ? undefined
    : 'Expected an organisation number whose check digit is right; compare it with the register of school units';
}
