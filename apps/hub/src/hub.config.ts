import { IsArray, IsIn, IsInt, IsNotEmpty, Max, Min } from 'class-validator';
import { Setting } from '#runtime';
import { HUB_STAGES, type HubStage } from './hub-stages.js';

const PORT_MAX = 65_535;

/** What the hub starts, and where. */
export class HubConfig {
  @Setting('HUB_STAGES', {
    description: `the stages to start, separated by commas (${HUB_STAGES.join(', ')})`,
    default: [...HUB_STAGES],
    kind: 'list',
  })
  @IsArray()
  @IsIn(HUB_STAGES, { each: true })
  stages: HubStage[];

  @Setting('HUB_DIRECTORY', {
    description: 'the data folder: local services, keys, credentials, logs',
    default: '.elevnav',
  })
  @IsNotEmpty()
  directory: string;

  @Setting('ELEVNAV_DASHBOARD_PORT', { description: "the dashboard's port", default: 8080 })
  @IsInt()
  @Min(0)
  @Max(PORT_MAX)
  dashboardPort: number;

  @Setting('ELEVNAV_INGEST_PORT', { description: 'the port of the door for events', default: 8081 })
  @IsInt()
  @Min(0)
  @Max(PORT_MAX)
  ingestPort: number;

  @Setting('ELEVNAV_PUBLISH_PORT', { description: 'the port of the feeds', default: 8082 })
  @IsInt()
  @Min(0)
  @Max(PORT_MAX)
  publishPort: number;

  @Setting('ELEVNAV_TEST_ACCESS_PORT', { description: "test-access's port", default: 8083 })
  @IsInt()
  @Min(0)
  @Max(PORT_MAX)
  testAccessPort: number;

  @Setting('ELEVNAV_NORMALISE_PORT', { description: "normalise's port", default: 8084 })
  @IsInt()
  @Min(0)
  @Max(PORT_MAX)
  normalisePort: number;

  @Setting('ELEVNAV_SANDBOX_PORT', { description: "the sandbox's port", default: 8085 })
  @IsInt()
  @Min(0)
  @Max(PORT_MAX)
  sandboxPort: number;
}

/** The setting that holds each stage's port. */
export const PORT_SETTINGS: Readonly<Record<HubStage, string>> = {
  dashboard: 'ELEVNAV_DASHBOARD_PORT',
  ingest: 'ELEVNAV_INGEST_PORT',
  publish: 'ELEVNAV_PUBLISH_PORT',
  'test-access': 'ELEVNAV_TEST_ACCESS_PORT',
  normalise: 'ELEVNAV_NORMALISE_PORT',
  sandbox: 'ELEVNAV_SANDBOX_PORT',
};

/** 0 stands for any free port. */
export type StagePorts = Readonly<Record<HubStage, number>>;

export function portsOf(config: HubConfig): StagePorts {
  return {
    dashboard: config.dashboardPort,
    ingest: config.ingestPort,
    publish: config.publishPort,
    'test-access': config.testAccessPort,
    normalise: config.normalisePort,
    sandbox: config.sandboxPort,
  };
}
