import { bootStage } from '#runtime';
import { stageTransport } from '#stage';
import { DashboardModule } from './dashboard.module.js';

await bootStage(DashboardModule, {
  stage: 'dashboard',
  strategies: (app) => [stageTransport(app)],
});
