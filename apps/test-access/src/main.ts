import { bootStage } from '#runtime';
import { stageTransport } from '#stage';
import { TestAccessModule } from './test-access.module.js';

await bootStage(TestAccessModule, {
  stage: 'test-access',
  strategies: (app) => [stageTransport(app)],
});
