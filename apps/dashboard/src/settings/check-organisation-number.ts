import organisationsnummerModule from 'organisationsnummer';
import { settingKey, type HuvudmanSetting, type Setting } from '#canonical';

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

/**
 * Where settings would give a huvudman an organisation number that another has, be it in force or written beside it: by the number
 * school units and the huvudman's own organisation are found, and no two may be taken for one. What was in force with one number for two
 * before this was asked stays so until one of the two is written. Two that are written within moments of each other pass, since neither
 * is in force yet; normalise parks what only one of them can state.
 */
export function findSharedNumbers(
  written: readonly Setting[],
  inForce: readonly Setting[],
): { readonly index: number; readonly detail: string }[] {
  const keys = new Set(written.map(settingKey));
  const holders = new Map<string, string>();
  for (const setting of inForce) {
    if (setting.kind !== 'huvudman' || keys.has(settingKey(setting))) continue;
    holders.set(setting.organisationNumber, setting.id);
  }
  return written.flatMap((setting, index) => {
    if (setting.kind !== 'huvudman') return [];
    const other = holders.get(setting.organisationNumber);
    holders.set(setting.organisationNumber, setting.id);
    if (other === undefined || other === setting.id) return [];
    const detail = `Expected an organisation number that no other huvudman has: correct it here, or first in the setting of ${other}, which has it too`;
    return [{ index, detail }];
  });
}
