import { join, relative } from 'node:path';
import type { KafkaService } from '#local-services';
import type { StagePorts } from './hub.config.js';
import type { HubStage } from './hub-stages.js';
import { HOST } from './run-stages.js';
import type { Teller } from './teller.js';

const SAYS: Readonly<Record<HubStage, string>> = {
  dashboard: 'how it goes: stages, lag, parked events, one event’s way',
  ingest: 'the door for events: POST /v1/events',
  publish: 'each huvudman’s feed: GET /v1/feed',
  'test-access': 'who may reach which test',
  normalise: 'the register',
  sandbox: 'what is played here',
};
const ORDER: readonly HubStage[] = [
  'dashboard',
  'ingest',
  'publish',
  'test-access',
  'normalise',
  'sandbox',
];

export interface ReadyHub {
  readonly directory: string;
  readonly ports: StagePorts;
  readonly stages: readonly HubStage[];
  readonly issuer: string;
  readonly kafka: Pick<KafkaService, 'clientBrokers'>;
}

/** Where everything is, whose credentials lie where, and one thing to try. */
export function tellReady(teller: Teller, hub: ReadyHub): void {
  const { directory, ports, stages, issuer, kafka } = hub;
  teller.line();
  for (const stage of ORDER.filter((one) => stages.includes(one))) {
    teller.line(`  ${stage.padEnd(12)} http://${HOST}:${ports[stage]}   ${SAYS[stage]}`);
  }
  teller.line(`  ${'issuer'.padEnd(12)} ${issuer}   tokens by client credentials`);
  if (kafka.clientBrokers) {
    teller.line(
      `  ${'Kafka'.padEnd(12)} ${kafka.clientBrokers}   huvudman topics, SASL OAUTHBEARER`,
    );
  }
  const credentials = relative('', join(directory, 'sandbox', 'credentials.json'));
  if (stages.includes('sandbox')) {
    teller.line();
    teller.line(`  Credentials of the demo: ${credentials}`);
    teller.line('  Read the first events of a huvudman’s feed:');
    for (const line of feedExample({ credentials, issuer, port: ports.publish })) {
      teller.line(`    ${line}`);
    }
  }
  teller.line();
  teller.line(`Elevnav is ready in ${teller.seconds.toFixed(1)} s`);
}

function feedExample(from: { credentials: string; issuer: string; port: number }): string[] {
  const { credentials, issuer, port } = from;
  const find = `JSON.parse(fs.readFileSync('${credentials}')).find(c => c.clientId.startsWith('subscriber-'))`;
  return [
    `CLIENT=$(node -p "let c = ${find}; c.clientId + ':' + c.clientSecret")`,
    `TOKEN=$(curl -s -u "$CLIENT" -d grant_type=client_credentials ${issuer}/token | node -p "JSON.parse(fs.readFileSync(0)).access_token")`,
    `curl -s -H "authorization: Bearer $TOKEN" "http://${HOST}:${port}/v1/feed?limit=3"`,
  ];
}
