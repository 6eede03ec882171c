import { settingsOf } from './setting.js';

/** Setting name → what may be shown: secrets as "set" or "not set", credentials inside addresses left out. */
export type ConfigDescription = Readonly<Record<string, string>>;

/** For the line that a stage logs at start, and for an operator's page. */
export function describeConfig(instance: object): ConfigDescription {
  const settings = settingsOf(instance.constructor as new () => object);
  const values = instance as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    settings.map((setting) => {
      const value = values[setting.property];
      if (value === undefined || value === null) return [setting.name, 'not set'];
      return [setting.name, setting.secret ? 'set' : withoutCredentials(String(value))];
    }),
  );
}

function withoutCredentials(value: string): string {
  return value.replaceAll(/\/\/[^/@\s]+@/g, '//…@');
}
