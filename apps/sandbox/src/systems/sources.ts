import type { Setting, SourceSetting } from '#canonical';
import type { Town, TownHuvudman } from '../invent/town.js';

export const TEST_PLATFORM = 'test-platform';
export const UNIT_REGISTER = 'school-units';
export const OPERATOR_CLIENT = 'sandbox-operator';

const SILENCE_HOURS = 72;

export function registerOf({ slug }: Pick<TownHuvudman, 'slug'>): string {
  return `register-${slug}`;
}

export function absenceSystemOf({ slug }: Pick<TownHuvudman, 'slug'>): string {
  return `absence-${slug}`;
}

export function canvasOf({ slug }: Pick<TownHuvudman, 'slug'>): string {
  return `canvas-${slug}`;
}

/** The client id that pushes for a source: one vendor credential for each. */
export function vendorOf(source: string): string {
  return `vendor-${source}`;
}

/** The client id that reads a huvudman's topic and feed. */
export function subscriberOf({ slug }: Pick<TownHuvudman, 'slug'>): string {
  return `subscriber-${slug}`;
}

/** What the hub's operator writes: the huvudmän, their sources, the national ones and the calendar. */
export function settingsOf({ huvudmen, calendar }: Town): Setting[] {
  return [
    calendar,
    source(UNIT_REGISTER, null, { sourceKind: 'school-units', adapter: 'school-units' }),
    source(TEST_PLATFORM, null, { sourceKind: 'test-platform', adapter: 'test-platform' }),
    ...huvudmen.flatMap((huvudman): Setting[] => [
      {
        kind: 'huvudman',
        id: huvudman.id,
        displayName: huvudman.displayName,
        organisationNumber: huvudman.organisationNumber,
        invented: true,
        owner: huvudman.owner,
        municipalityCode: huvudman.municipalityCode,
        subscriberClients: [subscriberOf(huvudman)],
      },
      ...sourcesOf(huvudman),
    ]),
  ];
}

function sourcesOf(huvudman: TownHuvudman): SourceSetting[] {
  const sources = [
    source(registerOf(huvudman), huvudman.id, { sourceKind: 'elevregister', adapter: 'ss12000' }),
    source(absenceSystemOf(huvudman), huvudman.id, {
      sourceKind: 'absence',
      adapter: 'ss12000-attendance',
    }),
  ];
  if (!huvudman.hasCanvas) return sources;
  const canvas = { sourceKind: 'learning-platform', adapter: 'canvas' } as const;
  return [...sources, source(canvasOf(huvudman), huvudman.id, canvas)];
}

function source(
  id: string,
  huvudman: string | null,
  kind: Pick<SourceSetting, 'sourceKind' | 'adapter'>,
): SourceSetting {
  return {
    kind: 'source',
    id,
    huvudman,
    ...kind,
    clients: [vendorOf(id)],
    contract: { marking: 'field', completeness: 'full', silenceHours: SILENCE_HOURS },
  };
}
