import { withoutServices } from './demo-move.js';

describe('the demo beside a hub whose services are in the environment', () => {
  it('takes none of them, nor how they are reached', () => {
    const given = {
      KAFKA_BROKERS: 'kafka.example:9092',
      KAFKA_PREFIX: 'real.',
      KAFKA_TLS: 'true',
      KAFKA_REPLICATION: '3',
      DATABASE_URL: 'postgres://hub@db.example/hub',
      OIDC_ISSUER: 'https://login.example',
      LOG_LEVEL: 'warn',
    };
    expect(withoutServices(given)).toEqual({ LOG_LEVEL: 'warn' });
  });
});
