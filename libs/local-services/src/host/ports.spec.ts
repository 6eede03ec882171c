import { portRefused } from './ports.js';

const refused = (code: string) => portRefused('kafka', 92, Object.assign(new Error(), { code }));

describe('a port that cannot be had', () => {
  it('is called taken only when somebody else listens there', () => {
    expect(refused('EADDRINUSE')).toMatchObject({
      code: 'port-taken',
      message:
        'Port 92 is taken: stop the program that uses it, or set ELEVNAV_KAFKA_PORT to another port.',
    });
  });

  it('says that this user may not have it', () => {
    expect(refused('EACCES')).toMatchObject({
      code: 'port-refused',
      message: 'Port 92 is not for this user: set ELEVNAV_KAFKA_PORT to a port from 1024 on.',
    });
  });

  it("gives the system's own word for anything else", () => {
    expect(refused('EADDRNOTAVAIL')).toMatchObject({
      code: 'port-refused',
      message: expect.stringContaining('(EADDRNOTAVAIL)') as string,
    });
  });
});
