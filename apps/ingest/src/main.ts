import { bootStage } from '#runtime';
import { IngestModule } from './ingest.module.js';

await bootStage(IngestModule, { stage: 'ingest' });
