import { bootStage } from '#runtime';
import { stageTransport } from '#stage';
import { PublishModule } from './publish.module.js';

await bootStage(PublishModule, {
  stage: 'publish',
  strategies: (app) => [stageTransport(app)],
});
