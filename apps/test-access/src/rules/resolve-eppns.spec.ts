import { Followed, MUNICIPALITY, duty, enrolment, eppn } from './testing/given-person.js';

const PUPILS = eppn(MUNICIPALITY, 'p1');
const STAFFS = eppn(MUNICIPALITY, 's1');
const [P, S] = [PUPILS.value, STAFFS.value];
const post = duty(MUNICIPALITY, '2026-08-01');
const evenings = enrolment(MUNICIPALITY, '2026-09-01', {
  schoolUnit: '12222222',
  schoolType: 'VUXGY',
  endDate: '2026-12-20',
});

describe('who is both staff and pupil at a huvudman', () => {
  const staff = (followed: Followed) =>
    followed.usable.filter(({ role }) => role === 'teacher').map(({ eppn: value }) => value);
  const both = () =>
    new Followed('2026-12-01').learns({
      eppns: [PUPILS, STAFFS],
      enrolments: [evenings],
      duties: [post],
    });

  it('goes on to log in as staff with the same EPPN when the studies are over', () => {
    const followed = both();
    expect(staff(followed)).toEqual([S]);
    expect(staff(followed.waitsUntil('2026-12-21'))).toEqual([S]);
    expect(staff(followed.decides())).toEqual([S]);
  });

  it('comes to the same whether or not the hub knew of the studies while they lasted', () => {
    const late = new Followed('2026-12-21').learns({ eppns: [PUPILS, STAFFS], duties: [post] });
    expect(staff(late.learns({ enrolments: [evenings] }))).toEqual([S]);
  });

  it('logs in with the EPPN that there is once the studies are over', () => {
    const followed = both().waitsUntil('2026-12-21');
    expect(staff(followed.learns({ eppns: [PUPILS] }))).toEqual([P]);
    const only = new Followed('2026-12-01').learns({ eppns: [PUPILS], enrolments: [evenings], duties: [post] }); // prettier-ignore
    expect(staff(only)).toEqual([]);
    expect(staff(only.waitsUntil('2026-12-21'))).toEqual([P]);
  });

  it('but never at one time logs in with the newest EPPN, whatever it was as a pupil', () => {
    const followed = both().learns({ duties: [{ ...post, startDate: '2027-01-08' }] });
    expect(staff(followed.waitsUntil('2027-01-08'))).toEqual([P]);
  });
});
