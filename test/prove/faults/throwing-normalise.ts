import { NormaliseModule } from '#apps/normalise';
import type { Adapter } from '#adapters';
import { bootStage } from '#runtime';
import { stageTransport } from '#stage';

/** An adapter that breaks the contract of adapters: it throws. What then happens to the events around it is what is proven. */
const throws: Adapter = {
  name: 'throws',
  kind: 'learning-platform',
  types: ['throws.thing.changed'],
  admit: () => ({ ok: false, issues: [] }),
  translate: () => {
    throw new TypeError('An adapter that throws, for proofs only.');
  },
  carriesFullState: () => false,
};

// The stage as it is in operation, with one adapter more; nothing in the product itself can turn it on.
await bootStage(NormaliseModule.withAdapters([throws]), {
  stage: 'normalise',
  strategies: (app) => [stageTransport(app)],
});
