import { newClusterId, serverProperties } from './server-properties.js';

const input = {
  ports: { kafka: 1, kafkaClients: 2, kafkaController: 3 },
  listenHost: '127.0.0.1',
  dataFolder: '/data',
  password: 'secret',
};
const issuer = { url: 'http://issuer', jwksUrl: 'http://issuer/jwks', audience: 'urn:x' };

describe("Kafka's properties", () => {
  it('open a listener for clients only when an issuer vouches for them', () => {
    const without = serverProperties(input);
    expect(without).toContain('listeners=INTERNAL://127.0.0.1:1,CONTROLLER://127.0.0.1:3\n');
    expect(without).not.toContain('OAUTHBEARER');
    const withIssuer = serverProperties({ ...input, issuer });
    expect(withIssuer).toContain('CLIENTS://127.0.0.1:2');
    expect(withIssuer).toContain('sasl.oauthbearer.expected.audience=urn:x\n');
  });

  it('let nobody in unasked and allow nothing unsaid', () => {
    const lines = serverProperties({ ...input, issuer }).split('\n');
    const protocols = lines.find((line) => line.startsWith('listener.security.protocol.map='));
    expect(protocols?.split('=')[1]?.split(',')).toEqual([
      'INTERNAL:SASL_PLAINTEXT',
      'CLIENTS:SASL_PLAINTEXT',
      'CONTROLLER:SASL_PLAINTEXT',
    ]);
    expect(lines).toContain('allow.everyone.if.no.acl.found=false');
    expect(lines).toContain('super.users=User:elevnav');
    expect(lines).toContain('auto.create.topics.enable=false');
  });
});

describe('a cluster id', () => {
  it('is 22 characters and never looks like an option', () => {
    for (let count = 0; count < 500; count += 1) {
      expect(newClusterId()).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
    }
  });
});
