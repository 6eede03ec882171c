import { refuseStartingOver } from './refuse-starting-over.js';

const GIVEN = {
  DATABASE_URL: 'postgres://a:b@db.example/elevnav',
  KAFKA_BROKERS: 'k.example:9092',
};

describe('a hub that starts over', () => {
  it('refuses while data lies where it cannot empty it', () => {
    expect(() => refuseStartingOver('--fresh', GIVEN)).toThrow(
      '--fresh begins with empty data, and what KAFKA_BROKERS and DATABASE_URL gives is not emptied from here: leave the argument out, or unset KAFKA_BROKERS and DATABASE_URL',
    );
    const { DATABASE_URL } = GIVEN;
    expect(() => refuseStartingOver('--fresh', { DATABASE_URL })).toThrow(
      '--fresh begins with empty data, and what DATABASE_URL gives',
    );
  });

  it('goes on where services of its own are started', () => {
    expect(() => refuseStartingOver('--fresh', {})).not.toThrow();
    expect(() => refuseStartingOver('--fresh', { ...GIVEN, ELEVNAV_SERVICES: 'local' })).not.toThrow(); // prettier-ignore
    expect(() => refuseStartingOver('--fresh', { OIDC_ISSUER: 'https://id.example' })).not.toThrow(); // prettier-ignore
  });
});
