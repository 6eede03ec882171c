import { HttpConfig, IssuerConfig, LogConfig, settingsOf, type SettingDescription } from '#runtime';
import { KafkaConfig, StageConfig } from '#stage';
import { DashboardConfig } from '../../apps/dashboard/src/dashboard.config.js';
import { HubConfig } from '../../apps/hub/src/hub.config.js';
import { IngestConfig } from '../../apps/ingest/src/ingest.config.js';
import { NormaliseConfig } from '../../apps/normalise/src/normalise.config.js';
import { PublishConfig } from '../../apps/publish/src/publish.config.js';
import { SandboxConfig } from '../../apps/sandbox/src/sandbox.config.js';
import { TestAccessConfig } from '../../apps/test-access/src/test-access.config.js';
import { table } from './table.js';

type ConfigClass = new () => object;

/** Every class that reads settings, with who reads it; test/docs.spec.ts finds one that is missing here. */
export const CONFIG_CLASSES: readonly { readonly says: string; readonly read: ConfigClass }[] = [
  { says: 'Every process: log', read: LogConfig },
  { says: 'Every stage: its door', read: HttpConfig },
  { says: 'Every stage with a guarded door: tokens', read: IssuerConfig },
  { says: 'Every stage: Kafka and keys', read: KafkaConfig },
  { says: 'Stages with a store (all but ingest): PostgreSQL', read: StageConfig },
  { says: 'ingest', read: IngestConfig },
  { says: 'normalise', read: NormaliseConfig },
  { says: 'test-access', read: TestAccessConfig },
  { says: 'publish', read: PublishConfig },
  { says: 'dashboard', read: DashboardConfig },
  { says: 'sandbox', read: SandboxConfig },
  { says: 'hub (`npm start`)', read: HubConfig },
];

/** docs/settings.md: every environment variable, by who reads it. */
export function describeSettings(): string {
  return [
    '# Settings',
    '',
    'Made from the configuration classes by `test/docs.spec.ts`; `UPDATE_GOLDEN=1 npm test -- test/docs.spec.ts` writes it anew.',
    'Settings are environment variables, read and checked at start: all faults are named at once. What a process started with stands in its log, secrets as "set" or "not set".',
    'The settings of the local services that `npm start` and `npm test` start are in [libs/local-services](../libs/local-services/README.md).',
    '',
    ...CONFIG_CLASSES.flatMap(({ says, read }) => [
      `## ${says}`,
      '',
      ...table(['variable', 'what it holds', 'when not set'], settingsOf(read).map(rowOf)),
      '',
    ]),
  ].join('\n');
}

function rowOf(setting: SettingDescription): string[] {
  const { name, description, secret } = setting;
  return [`\`${name}\``, secret ? `${description} (secret)` : description, whenNotSet(setting)];
}

function whenNotSet({ default: preset, isOptional }: SettingDescription): string {
  if (preset !== undefined && String(preset) === '') return 'empty';
  if (preset !== undefined) return `\`${String(preset)}\``;
  return isOptional ? 'left out' : 'refuses to start';
}
