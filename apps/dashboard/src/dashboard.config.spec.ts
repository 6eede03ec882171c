import { readDashboardConfig } from './dashboard.config.js';

describe('the dashboard’s settings', () => {
  it('keep the page closed unless somebody opens it', () => {
    expect(readDashboardConfig({}).isOpen).toBe(false);
  });

  it('demand no kind of log-in for a command unless somebody lists those that are accepted', () => {
    const read = (DASHBOARD_COMMAND_ACR_VALUES?: string) =>
      readDashboardConfig(DASHBOARD_COMMAND_ACR_VALUES === undefined ? {} : { DASHBOARD_COMMAND_ACR_VALUES }).commandAcrValues; // prettier-ignore
    expect(read()).toEqual([]);
    expect(read('')).toEqual([]);
    const [loa3, loa4] = ['http://id.elegnamnden.se/loa/1.0/loa3', 'urn:x:loa4'];
    expect(read(`${loa3}, ${loa4}`)).toEqual([loa3, loa4]);
    for (const wrong of ['loa3,', 'loa 3', 'loa"3', 'loå3', 'x'.repeat(251)]) {
      expect(() => read(wrong)).toThrow('DASHBOARD_COMMAND_ACR_VALUES');
    }
  });

  it('let it be open on this machine only', () => {
    for (const host of ['127.0.0.1', '::1', 'localhost']) {
      expect(readDashboardConfig({ DASHBOARD_OPEN: 'true', HTTP_HOST: host }).isOpen).toBe(true);
    }
    for (const host of ['0.0.0.0', '::', '10.0.0.7', 'dashboard.example']) {
      expect(() => readDashboardConfig({ DASHBOARD_OPEN: 'true', HTTP_HOST: host })).toThrow(
        'DASHBOARD_OPEN must be false where HTTP_HOST is not a loopback address',
      );
    }
  });
});
