import { stockholmDay } from '#canonical';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Log, Shutdown } from '#runtime';
import { Credentials } from './door/credentials.js';
import { HubClient } from './door/hub-client.js';
import { IssuerTokens } from './door/issuer-tokens.js';
import { inventTown } from './invent/invent-town.js';
import { publicData } from './invent/public-data.js';
import type { Town } from './invent/town.js';
import { changeTown } from './play/change-town.js';
import { fillTown, type FillProgress } from './play/fill-town.js';
import { castOf, SchoolSystems } from './play/school-systems.js';
import { credentialsPathIn, townFileIn } from './play/kept-files.js';
import type { KeptTown, TownFile } from './play/town-file.js';
import type { SandboxConfig } from './sandbox.config.js';

export interface SandboxParts {
  readonly config: SandboxConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly shutdown: Shutdown;
}

/** What the sandbox plays, for its page and the hub's closing words. */
export interface Playbill {
  readonly seed: number;
  readonly isFilled: boolean;
  readonly huvudmen: readonly { readonly id: string; readonly displayName: string }[];
  readonly units: number;
  readonly pupils: number;
  readonly staff: number;
  readonly changes: number;
  readonly eventsPushed: number;
  readonly clients: readonly string[];
}

const KEEP_EVERY_CHANGES = 50;
const FAILED_PAUSE_MS = 5_000;

/** Pretend school systems, a pretend test platform and an operator, all of them outside the hub. */
export class Sandbox {
  private kept: KeptTown | undefined;
  private playing: SchoolSystems | undefined;
  private stream: Promise<void> | undefined;

  constructor(private readonly parts: SandboxParts) {}

  get credentialsPath(): string {
    return credentialsPathIn(this.parts.config.directory);
  }

  playbill(): Playbill {
    const town = this.kept?.town;
    return {
      seed: this.parts.config.seed,
      isFilled: this.kept?.isFilled ?? false,
      huvudmen: (town?.huvudmen ?? []).map(({ id, displayName }) => ({ id, displayName })),
      units: town?.units.length ?? 0,
      pupils: town?.pupils.length ?? 0,
      staff: town?.staff.length ?? 0,
      changes: town?.changes ?? 0,
      eventsPushed: this.playing?.pushed ?? 0,
      clients: town ? Object.keys(castOf(town)) : [],
    };
  }

  /** The systems of a town, with credentials for each; nothing is said yet. */
  async cast(town: Town): Promise<SchoolSystems> {
    const { config, clock, shutdown } = this.parts;
    const files = { path: this.credentialsPath, issuerDirectory: config.directory };
    const credentials = await Credentials.issue(files, castOf(town));
    const addresses = {
      ingest: config.ingestUrl,
      dashboard: config.dashboardUrl,
      publish: config.publishUrl,
    };
    const tokens = new IssuerTokens(config.issuer, credentials);
    return new SchoolSystems(
      town,
      new HubClient(addresses, tokens, shutdown.signal),
      credentials,
      clock,
    );
  }

  /** Invents the town, or takes up the kept one, and pushes all of it unless that was done before. */
  async fill(progress: FillProgress = () => undefined): Promise<void> {
    const { config, clock } = this.parts;
    const file = this.townFile();
    const kept = file.read(config.seed) ?? {
      town: this.invent(stockholmDay(clock.now())),
      isFilled: false,
    };
    this.kept = kept;
    this.playing = await this.cast(kept.town);
    if (kept.isFilled) {
      await this.playing.writeSettings();
      return;
    }
    file.write(kept);
    await fillTown(this.playing, progress);
    kept.isFilled = true;
    file.write(kept);
  }

  /** Lets changes flow until the process stops. */
  startStream(): void {
    const { config, shutdown } = this.parts;
    if (this.stream || config.eventsPerSecond === 0) return;
    this.stream = this.flow();
    shutdown.add('stream of changes', () => this.stream);
  }

  private invent(day: string): Town {
    const { seed, pupils, staff } = this.parts.config;
    return inventTown({ seed, day, pupils, staff }, publicData());
  }

  private townFile(): TownFile {
    return townFileIn(this.parts.config.directory);
  }

  private async flow(): Promise<void> {
    const { config, shutdown, log } = this.parts;
    const { signal } = shutdown;
    const systems = this.playing!;
    const { town } = systems;
    const stepMs = 1_000 / config.eventsPerSecond;
    const file = this.townFile();
    while (!signal.aborted) {
      try {
        await delay(stepMs, undefined, { signal });
        await systems.push(changeTown(town, systems.nextInstant()));
        if (town.changes % KEEP_EVERY_CHANGES === 0) file.write(this.kept!);
      } catch (error) {
        if (signal.aborted) break;
        log.failure('A change could not be told; the next one comes soon', error, {}, 'warn');
        await delay(FAILED_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    file.write(this.kept!);
  }
}
