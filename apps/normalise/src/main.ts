import { bootStage } from '#runtime';
import { stageTransport } from '#stage';
import { normaliseEnvironment } from './normalise.config.js';
import { NormaliseModule } from './normalise.module.js';

await bootStage(NormaliseModule, {
  stage: 'normalise',
  environment: normaliseEnvironment(),
  strategies: (app) => [stageTransport(app)],
});
