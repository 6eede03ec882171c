import { readDashboardConfig } from './dashboard.config.js';

describe('the dashboard’s settings', () => {
  it('keep the page closed unless somebody opens it', () => {
    expect(readDashboardConfig({}).isOpen).toBe(false);
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
