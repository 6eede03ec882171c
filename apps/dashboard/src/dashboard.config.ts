import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import { ConfigError, HttpConfig, Setting, readConfigs, type Environment } from '#runtime';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

export class DashboardConfig {
  @Setting('DASHBOARD_OPEN', {
    description:
      'whether the page needs no token; only for a hub whose HTTP_HOST is a loopback address',
    default: false,
  })
  @IsBoolean()
  isOpen: boolean;

  @Setting('DASHBOARD_LOOK_INTERVAL_MS', {
    description: 'how often the stages are looked at for the page, in milliseconds',
    default: 5_000,
  })
  @IsInt()
  @Min(100)
  @Max(60_000)
  lookIntervalMs: number;
}

/** Whether a host name can mean this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host.replace(/^\[(.*)\]$/, '$1'));
}

/** @throws ConfigError also when the page would be open to others than this machine. */
export function readDashboardConfig(environment: Environment): DashboardConfig {
  const { dashboard, http } = readConfigs(
    { dashboard: DashboardConfig, http: HttpConfig },
    environment,
  );
  if (dashboard.isOpen && !isLoopback(http.host)) {
    const sentence =
      'DASHBOARD_OPEN must be false where HTTP_HOST is not a loopback address: everyone could read the page.';
    throw new ConfigError([{ setting: 'DASHBOARD_OPEN', sentence }]);
  }
  return dashboard;
}
