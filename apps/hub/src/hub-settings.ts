import { LogConfig, processEnvironment, readConfigs, type Environment } from '#runtime';
import { HubConfig } from './hub.config.js';

export interface HubSettings {
  readonly environment: Environment;
  readonly hub: HubConfig;
  readonly logging: LogConfig;
}

/** @throws ConfigError with every fault. */
export function readHubSettings(environment = processEnvironment()): HubSettings {
  return { environment, ...readConfigs({ hub: HubConfig, logging: LogConfig }, environment) };
}
