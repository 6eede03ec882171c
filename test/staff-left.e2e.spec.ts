import { TestAccessModule } from '#apps/test-access';
import { huvudmanTopic, type AccessEventData } from '#canonical';
import { PublishModule } from '#apps/publish';
import { SteppableClock, bootStage, type BootedStage } from '#runtime';
import { stageTransport } from '#stage';
import { eventually } from '#testing';
import { HERE, NormaliseUnderTest } from '../apps/normalise/test/normalise-under-test.js';

const NOW = '2026-11-12T08:00:00Z';
const TEACHER = '2d1e5c5e-6a4b-5d8a-9b0e-000000000001';
const PRINCIPAL = '2d1e5c5e-6a4b-5d8a-9b0e-000000000002';

describe('staff whom their student register drops without a word of their duties', () => {
  let under: NormaliseUnderTest;
  const others: BootedStage[] = [];

  beforeAll(async () => {
    const clock = new SteppableClock(new Date(NOW));
    under = await NormaliseUnderTest.start('staff-left', clock);
    for (const [stage, module] of [['test-access', TestAccessModule], ['publish', PublishModule]] as const) {
      const { environment } = under.services;
      const strategies = (app: Parameters<typeof stageTransport>[0]) => [stageTransport(app)];
      others.push(await bootStage(module, { stage, environment, clock, ownsProcess: false, strategies }));
    } // prettier-ignore
    await under.tellUnits();
  });
  afterAll(async () => {
    for (const stage of others) await stage.stop();
    await under?.stop();
  });

  const at = (day: string) => ({ created: '2026-08-01T08:00:00+02:00', modified: `2026-${day}T08:00:00+02:00` }); // prettier-ignore
  const isEmployed = (id: string) =>
    under.says('sis', id, at('08-18').modified, HERE, {
      civicNo: null,
      birthDate: '1970-10-03',
      enrolments: [],
      eduPersonPrincipalNames: [`${id.slice(-4)}@kommunen1.example`],
    });
  const holdsDuty = (id: string, day: string, dutyRole: string) =>
    under.send(
      'sis',
      'ss12000.duty.changed',
      { id, meta: at(day), person: { id }, dutyAt: { id: HERE }, dutyRole, startDate: '2026-08-17' },
      `duty ${id}`,
    ); // prettier-ignore
  const leaves = (id: string, day: string) =>
    under.send('sis', 'ss12000.person.deleted', { id, meta: at(day) }, id);
  /** What test access says because of a source event: the kind of news, and who has access after it. */
  const tells = (cause: string, ...wanted: [string, string[]][]) =>
    eventually(async () => {
      const told = (await under.services.readAll('access.events'))
        .filter(({ headers }) => headers.ce_causationid === cause)
        .map(({ headers, value }) => {
          const { access } = JSON.parse(value!) as AccessEventData;
          return [headers.ce_type!.slice('se.elevnav.'.length), access.entries.map(({ role }) => role)]; // prettier-ignore
        });
      expect(told).toEqual(wanted);
    });

  it.each([
    [TEACHER, 'Lärare', 'teacher'],
    [PRINCIPAL, 'Rektor', 'principal'],
  ])('lose their access at once, and get it back when the duty is told of again (%s, %s)', async (id, dutyRole, role) => {
    await isEmployed(id);
    await tells(await holdsDuty(id, '08-18', dutyRole), ['access.granted', [role]]);
    const left = await leaves(id, '09-01');
    await under.tells(left, 'duty.ended', 'person.dormant');
    await tells(left, ['access.revoked', []]);
    await under.tells(await holdsDuty(id, '08-20', dutyRole));
    await tells(await holdsDuty(id, '10-01', dutyRole), ['access.granted', [role]]);
  }); // prettier-ignore

  it('are told to their huvudman as having lost it', async () => {
    await eventually(async () => {
      const told = await under.services.readAll(huvudmanTopic('kommunen1'));
      const types = told.map(({ headers }) => headers.ce_type);
      expect(types.filter((type) => type === 'se.elevnav.access.revoked')).toHaveLength(2);
      expect(types.filter((type) => type === 'se.elevnav.duty.ended')).toHaveLength(2);
    });
  });
});
