import 'reflect-metadata';
import { getMetadataStorage } from 'class-validator';

export type SettingKind = 'string' | 'number' | 'boolean' | 'list';
export type SettingValue = string | number | boolean | readonly string[];

export interface SettingOptions {
  /** Completes "NAME is to hold …": what it is, with its unit. Stands in faults and in the documents. */
  readonly description: string;
  /** Shown as "set" or "not set" only, everywhere. */
  readonly secret?: boolean;
  /** Holds when the variable is absent or empty. Without one, and without `@IsOptional()`, absence is a fault. */
  readonly default?: SettingValue;
  /** Needed only where the property's type does not tell it (a union, an alias). A list is comma-separated. */
  readonly kind?: SettingKind;
}

export interface SettingDescription extends SettingOptions {
  /** The environment variable's name. */
  readonly name: string;
  readonly property: string;
  readonly kind: SettingKind;
  /** Whether it may be absent without a default: `@IsOptional()` stands beside it. */
  readonly isOptional: boolean;
}

type Kept = Omit<SettingDescription, 'isOptional'>;

type ConfigClass = new () => object;

const SETTINGS = Symbol('elevnav:settings');

/**
 * Ties a property of a configuration class to one environment variable. What the value must be is said
 * by class-validator decorators beside it.
 */
export function Setting(name: string, options: SettingOptions): PropertyDecorator {
  return (prototype, property) => {
    const kind = options.kind ?? kindOf(prototype, property, options.default);
    if (kind === undefined) {
      throw new Error(
        `${name}: the type of ${String(property)} does not tell how to read it; give the setting a kind.`,
      );
    }
    const inherited = settingsOfPrototype(prototype);
    const setting = { ...options, name, property: String(property), kind };
    Reflect.defineMetadata(SETTINGS, [...inherited, setting], prototype);
  };
}

/** Every setting of a configuration class, inherited ones first, in the order of writing. */
export function settingsOf(Class: ConfigClass): readonly SettingDescription[] {
  const optional = new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(Class, '', true, false)
      .filter((rule) => rule.type === 'conditionalValidation')
      .map((rule) => rule.propertyName),
  );
  return settingsOfPrototype(Class.prototype as object).map((setting) => ({
    ...setting,
    isOptional: optional.has(setting.property),
  }));
}

function settingsOfPrototype(prototype: object): readonly Kept[] {
  return (Reflect.getMetadata(SETTINGS, prototype) as Kept[] | undefined) ?? [];
}

function kindOf(
  prototype: object,
  property: string | symbol,
  byDefault: SettingValue | undefined,
): SettingKind | undefined {
  if (Array.isArray(byDefault)) return 'list';
  if (typeof byDefault === 'number') return 'number';
  if (typeof byDefault === 'boolean') return 'boolean';
  if (typeof byDefault === 'string') return 'string';
  switch (Reflect.getMetadata('design:type', prototype, property) as unknown) {
    case String:
      return 'string';
    case Number:
      return 'number';
    case Boolean:
      return 'boolean';
    case Array:
      return 'list';
    default:
      return undefined;
  }
}
