import { dumpSchema } from '#database';
import { bootStage, type RootModule } from '#runtime';
import { Stage } from '#stage';
import { goldenText, ownServices, type OwnServices } from '#testing';
import { DashboardModule } from '#apps/dashboard';
import { NormaliseModule } from '#apps/normalise';
import { PublishModule } from '#apps/publish';
import { TestAccessModule } from '#apps/test-access';

/** Every stage that has a store. ingest has none: what Kafka has not acknowledged was not accepted. */
const STAGES: readonly (readonly [string, RootModule])[] = [
  ['normalise', NormaliseModule],
  ['test-access', TestAccessModule],
  ['publish', PublishModule],
  ['dashboard', DashboardModule],
];

let services: OwnServices;

beforeAll(async () => {
  services = await ownServices('schema');
});

afterAll(async () => {
  await services?.stop();
});

describe('the schema that a stage’s migrations make on an empty database', () => {
  it.each(STAGES)(
    'of %s is its schema.sql; UPDATE_GOLDEN=1 writes it anew',
    async (stage, module) => {
      const path = `apps/${stage}/schema.sql`;
      const { environment } = services;
      const booted = await bootStage(module, { stage, environment, ownsProcess: false });
      try {
        const text = await dumpSchema(booted.app.get(Stage, { strict: false }).database);
        expect(goldenText(path, text)).toBe(text);
      } finally {
        await booted.stop();
      }
    },
  );
});
