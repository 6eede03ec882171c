import {
  CalendarSetting,
  HuvudmanSetting,
  RetentionSetting,
  Setting,
  SourceSetting,
  compileSchema,
  type PayloadSchema,
} from '#canonical';
import { findSharedNumbers, organisationNumberFault } from './check-organisation-number.js';

/** One schema per kind, so that a fault names the field and not merely that no kind fits. */
const BY_KIND: Readonly<Record<Setting['kind'], PayloadSchema>> = {
  huvudman: compileSchema('urn:elevnav:schema:setting-huvudman:1', HuvudmanSetting),
  source: compileSchema('urn:elevnav:schema:setting-source:1', SourceSetting),
  calendar: compileSchema('urn:elevnav:schema:setting-calendar:1', CalendarSetting),
  retention: compileSchema('urn:elevnav:schema:setting-retention:1', RetentionSetting),
};

export interface SettingFault {
  /** A JSON Pointer into the body (RFC 6901). */
  readonly pointer: string;
  readonly detail: string;
}

export type CheckedSettings =
  | { readonly ok: true; readonly settings: readonly Setting[] }
  | { readonly ok: false; readonly faults: readonly SettingFault[] };

const FAULTS_MAX = 20;

/** Checks settings as they came in, beside those in force; every fault is named, no value is. */
export function checkSettings(
  bodies: readonly unknown[],
  pointerOf: (index: number) => string,
  inForce: readonly Setting[] = [],
): CheckedSettings {
  const faults: SettingFault[] = [];
  const settings: Setting[] = [];
  bodies.forEach((body, index) => {
    if (faults.length >= FAULTS_MAX) return;
    const found = faultsOf(body);
    if (found.length === 0) settings.push(body as Setting);
    for (const { pointer, detail } of found)
      faults.push({ pointer: pointerOf(index) + pointer, detail });
  });
  if (faults.length === 0) {
    for (const { index, detail } of findSharedNumbers(settings, inForce))
      faults.push({ pointer: `${pointerOf(index)}/organisationNumber`, detail });
  }
  return faults.length > 0
    ? { ok: false, faults: faults.slice(0, FAULTS_MAX) }
    : { ok: true, settings };
}

function faultsOf(body: unknown): SettingFault[] {
  const kind =
    typeof body === 'object' && body !== null ? (body as { kind?: unknown }).kind : undefined;
  const schema = Object.entries(BY_KIND).find(([name]) => name === kind)?.[1];
  if (!schema) {
    return [{ pointer: '/kind', detail: `Expected one of ${Object.keys(BY_KIND).join(', ')}` }];
  }
  const faults = schema
    .faults(body)
    .map(({ pointer, expected }) => ({ pointer, detail: expected }));
  if (faults.length > 0 || kind !== 'huvudman') return faults;
  const detail = organisationNumberFault(body as HuvudmanSetting);
  return detail === undefined ? [] : [{ pointer: '/organisationNumber', detail }];
}
