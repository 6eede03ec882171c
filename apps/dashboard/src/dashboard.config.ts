import { ArrayMaxSize, IsBoolean, IsInt, Matches, Max, Min } from 'class-validator';
import { ConfigError, HttpConfig, Setting, readConfigs, type Environment } from '#runtime';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** As they can stand in `acr_values` of a challenge: between spaces, inside quotes. */
const ACR_VALUE = /^[\x21\x23-\x5b\x5d-\x7e]{1,250}$/;

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

  @Setting('DASHBOARD_COMMAND_ACR_VALUES', {
    description:
      'the values of acr of which a token must have one to give a command, separated by commas; none is demanded if empty',
    default: [],
  })
  @ArrayMaxSize(20)
  @Matches(ACR_VALUE, { each: true })
  commandAcrValues: string[];
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
