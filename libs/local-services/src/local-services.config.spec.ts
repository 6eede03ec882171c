import { readLocalServicesConfig, withoutGiven } from './local-services.config.js';

describe('the environment of local services', () => {
  it('has fixed ports and nothing given when it is empty', () => {
    expect(readLocalServicesConfig({ KAFKA_BROKERS: '', ELEVNAV_SERVICES: '' })).toEqual({
      ports: {
        kafka: 19092,
        kafkaClients: 19093,
        kafkaController: 19094,
        postgres: 15432,
        issuer: 19080,
      },
      audience: 'urn:elevnav:hub',
      given: {},
    });
  });

  it('takes what is given', () => {
    const config = readLocalServicesConfig({
      KAFKA_BROKERS: 'a:1,b:2',
      KAFKA_USERNAME: 'someone',
      DATABASE_URL: 'postgres://db',
      OIDC_ISSUER: 'https://issuer',
      OIDC_AUDIENCE: 'urn:other',
      ELEVNAV_SERVICES: 'docker',
      ELEVNAV_POSTGRES_PORT: '5433',
    });
    expect(config.given).toEqual({
      kafka: { brokers: 'a:1,b:2', username: 'someone' },
      postgres: { url: 'postgres://db' },
      issuer: { url: 'https://issuer', audience: 'urn:other' },
    });
    expect(config.forcedWay).toBe('docker');
    expect(config.ports.postgres).toBe(5433);
  });

  it('can be read without what is given', () => {
    const given = { KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://db' };
    const read = (way: string) => {
      return withoutGiven(readLocalServicesConfig({ ...given, ELEVNAV_SERVICES: way }));
    };
    expect(read('env')).toMatchObject({ forcedWay: undefined, given: {} });
    expect(read('docker')).toMatchObject({ forcedWay: 'docker', given: {} });
  });

  it('names all faults at once', () => {
    const environment = { ELEVNAV_SERVICES: 'podman', ELEVNAV_KAFKA_PORT: '99999' };
    expect(() => readLocalServicesConfig(environment)).toThrow(
      'Change ELEVNAV_SERVICES (it is "podman") to env, docker or local and ELEVNAV_KAFKA_PORT (it is "99999") to a port from 0 to 65535.',
    );
  });
});
