import type { RootModule } from '#runtime';

/** What the hub can start, in the order in which an event passes, the sandbox before all of them. */
export const HUB_STAGES = [
  'sandbox',
  'ingest',
  'normalise',
  'test-access',
  'publish',
  'dashboard',
] as const;
export type HubStage = (typeof HUB_STAGES)[number];

/** The stages that read topics; the others are doors only. */
export const READING_STAGES = ['normalise', 'test-access', 'publish', 'dashboard'] as const;
export type ReadingStage = (typeof READING_STAGES)[number];

export function readsTopics(stage: HubStage): stage is ReadingStage {
  return (READING_STAGES as readonly string[]).includes(stage);
}

/** Loads a stage's module: a stage that is not started costs nothing. */
export async function loadModule(stage: HubStage): Promise<RootModule> {
  switch (stage) {
    case 'sandbox':
      return (await import('#apps/sandbox')).SandboxModule;
    case 'ingest':
      return (await import('#apps/ingest')).IngestModule;
    case 'normalise':
      return (await import('#apps/normalise')).NormaliseModule;
    case 'test-access':
      return (await import('#apps/test-access')).TestAccessModule;
    case 'publish':
      return (await import('#apps/publish')).PublishModule;
    case 'dashboard':
      return (await import('#apps/dashboard')).DashboardModule;
    default:
      return stage satisfies never;
  }
}
