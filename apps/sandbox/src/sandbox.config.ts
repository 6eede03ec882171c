import { IsInt, IsNotEmpty, IsNumber, IsUrl, Max, Min } from 'class-validator';
import { Setting } from '#runtime';

const HTTP_URL = { protocols: ['http', 'https'], require_tld: false, require_protocol: true };

/** What the sandbox invents, and where the hub's doors are. */
export class SandboxConfig {
  @Setting('SANDBOX_SEED', {
    description: 'the number from which the town is invented; the same number gives the same town',
    default: 1,
  })
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  seed: number;

  @Setting('SANDBOX_PUPILS', { description: 'how many pupils are invented', default: 600 })
  @IsInt()
  @Min(6)
  @Max(5_000)
  pupils: number;

  @Setting('SANDBOX_STAFF', { description: 'how many staff are invented', default: 60 })
  @IsInt()
  @Min(6)
  @Max(5_000)
  staff: number;

  @Setting('SANDBOX_EVENTS_PER_SECOND', {
    description: 'how many changes a second flow once the town is filled; 0 for none',
    default: 2,
  })
  @IsNumber()
  @Min(0)
  @Max(100)
  eventsPerSecond: number;

  @Setting('SANDBOX_DIRECTORY', {
    description: 'the data folder of the local services, whose issuer knows the clients',
    default: '.elevnav',
  })
  @IsNotEmpty()
  directory: string;

  @Setting('SANDBOX_INGEST_URL', {
    description: 'where the door for events is',
    default: 'http://127.0.0.1:8081',
  })
  @IsUrl(HTTP_URL)
  ingestUrl: string;

  @Setting('SANDBOX_DASHBOARD_URL', {
    description: 'where settings are written',
    default: 'http://127.0.0.1:8080',
  })
  @IsUrl(HTTP_URL)
  dashboardUrl: string;

  @Setting('SANDBOX_PUBLISH_URL', {
    description: 'where the feeds are read',
    default: 'http://127.0.0.1:8082',
  })
  @IsUrl(HTTP_URL)
  publishUrl: string;

  @Setting('OIDC_ISSUER', { description: 'the issuer that gives the sandbox its tokens' })
  @IsUrl(HTTP_URL)
  issuer: string;
}
