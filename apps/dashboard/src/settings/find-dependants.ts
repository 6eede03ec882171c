import { settingKey, type Setting } from '#canonical';

/** The settings that name another one and would name nothing without it: a huvudman's sources. */
export function findDependants(key: string, all: readonly Setting[]): Setting[] {
  return all.filter(
    (setting) =>
      setting.kind === 'source' &&
      setting.huvudman !== null &&
      settingKey({ kind: 'huvudman', id: setting.huvudman }) === key,
  );
}
