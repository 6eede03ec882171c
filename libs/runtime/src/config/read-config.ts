import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { ConfigError, type ConfigFault } from './config-error.js';
import { processEnvironment, type Environment } from './environment.config.js';
import { settingsOf, type SettingDescription, type SettingValue } from './setting.js';

type ConfigClass<T extends object> = new () => T;
type Converted = { readonly value: SettingValue } | { readonly expected: string };

/**
 * Reads one configuration class from the environment. An empty variable counts as absent. Numbers must be plain
 * decimals, booleans `true` or `false`, lists are comma-separated.
 *
 * @throws ConfigError that names every fault at once and no value.
 */
export function readConfig<T extends object>(
  Class: ConfigClass<T>,
  environment: Environment = processEnvironment(),
): T {
  const { instance, faults } = read(Class, environment);
  if (faults.length > 0) throw new ConfigError(faults);
  return instance;
}

/** Reads several configuration classes, so that the faults of all of them are named at once. */
export function readConfigs<T extends Record<string, ConfigClass<object>>>(
  classes: T,
  environment: Environment = processEnvironment(),
): { [Name in keyof T]: InstanceType<T[Name]> } {
  const results = Object.entries(classes).map(
    ([name, Class]) => [name, read(Class, environment)] as const,
  );
  const faults = results.flatMap(([, result]) => result.faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.fromEntries(results.map(([name, result]) => [name, result.instance])) as {
    [Name in keyof T]: InstanceType<T[Name]>;
  };
}

function read<T extends object>(
  Class: ConfigClass<T>,
  environment: Environment,
): { instance: T; faults: ConfigFault[] } {
  const settings = settingsOf(Class);
  const faults: ConfigFault[] = [];
  const values: Record<string, SettingValue> = {};
  for (const setting of settings) {
    const text = environment[setting.name]?.trim();
    if (text === undefined || text === '') {
      if (setting.default !== undefined) values[setting.property] = setting.default;
      else if (!setting.isOptional) faults.push(absent(setting));
      continue;
    }
    const converted = convert(setting, text);
    if ('value' in converted) values[setting.property] = converted.value;
    else faults.push(wrong(setting, `${setting.name} must be ${converted.expected}`));
  }
  const instance = plainToInstance(Class, values);
  const alreadyNamed = new Set(faults.map((fault) => fault.setting));
  const broken = validateSync(instance, { forbidUnknownValues: false });
  faults.push(
    ...broken
      .map((error) => broke(settings, error))
      .filter((fault) => !alreadyNamed.has(fault.setting)),
  );
  return { instance, faults };
}

function convert(setting: SettingDescription, text: string): Converted {
  switch (setting.kind) {
    case 'string':
      return { value: text };
    case 'number':
      return /^-?\d{1,15}(\.\d{1,9})?$/.test(text)
        ? { value: Number(text) }
        : { expected: 'a number in plain digits' };
    case 'boolean':
      return text === 'true' || text === 'false'
        ? { value: text === 'true' }
        : { expected: 'true or false' };
    case 'list': {
      const items = text.split(',').map((item) => item.trim());
      return items.includes('')
        ? { expected: 'a comma-separated list without empty places' }
        : { value: items };
    }
  }
}

function absent(setting: SettingDescription): ConfigFault {
  return {
    setting: setting.name,
    sentence: `${setting.name} is not set; it is to hold ${setting.description}.`,
  };
}

function wrong(setting: SettingDescription, what: string): ConfigFault {
  return {
    setting: setting.name,
    sentence: `${what}; it is to hold ${setting.description}.`,
  };
}

/** A rule's own message may quote the value, so that of a secret is not repeated. */
function broke(settings: readonly SettingDescription[], error: ValidationError): ConfigFault {
  const setting = settings.find((candidate) => candidate.property === error.property);
  if (setting === undefined) {
    return {
      setting: error.property,
      sentence: `${error.property} has rules but no @Setting; name its environment variable.`,
    };
  }
  if (setting.secret) return wrong(setting, `${setting.name} does not keep its rules`);
  const rules = Object.values(error.constraints ?? { nested: `${error.property} is wrong` });
  return wrong(setting, rules.join(' and ').replaceAll(error.property, setting.name));
}
